"""Dead letters are explained, sent again and thrown away, and none is lost on the way."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.tests.conftest import Cloud
from operate.dead_letters import DeadLetters, dead_letters_of
from operate.dlq import discard, explain, list_all, redrive
from operate.place import Place
from stack.settings import Refusal

FUNCTION = {"name": "record-event", "error_impact": "Events are not recorded.", "trigger": {"queue": {}}}
PREFIX = "cis-local-dead"


def everything(_: object) -> bool:
    return True


@pytest.fixture
def found(cloud: Cloud) -> Iterator[DeadLetters]:
    sqs = cloud.client("sqs")
    urls = [sqs.create_queue(QueueName=f"{PREFIX}-{name}")["QueueUrl"] for name in ("record-event", "record-event-dlq")]
    yield DeadLetters(Place("local", "dead", "", "", cloud.settings), FUNCTION)
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def put(cloud: Cloud, body: str) -> str:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{PREFIX}-record-event-dlq")["QueueUrl"]
    return sqs.send_message(QueueUrl=url, MessageBody=body)["MessageId"]


def bodies(cloud: Cloud, queue: str) -> list[str]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{PREFIX}-{queue}")["QueueUrl"]
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(message["Body"] for message in answer.get("Messages", []))


def logged(cloud: Cloud, *lines: dict[str, Any]) -> None:
    logs, group = cloud.client("logs"), f"/aws/lambda/{PREFIX}-record-event"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = int(time.time() * 1000) + 1000
    events = [{"timestamp": now + place, "message": json.dumps(line)} for place, line in enumerate(lines)]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


def test_each_is_explained_by_its_log_and_stays(
    cloud: Cloud, found: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    body = '{"type":"event-requested","organizer":"alice@a.test"}'
    one, other = put(cloud, body), put(cloud, "nonsense")
    failed = {
        "level": "ERROR",
        "message": "the message stays in the queue",
        "span": {"message.id": one, "mail.id": "m1"},
    }
    logged(
        cloud,
        {**failed, "error": "read the event: timed out"},
        {**failed, "error": "store the new event: throttled"},
        {"level": "INFO", "message": "handled", "span": {"message.id": one}},
    )
    assert explain(found, 10, bodies=False, as_json=True) == 0
    shown = capsys.readouterr().out
    told = {line["id"]: line for line in map(json.loads, shown.splitlines())}
    assert told[one]["error"] == "store the new event: throttled"
    assert (told[one]["failures"], told[one]["type"], told[one]["mail.id"]) == (2, "event-requested", "m1")
    assert (told[other]["type"], told[other]["error"]) == ("not JSON", "its log says nothing any more")
    assert "alice@a.test" not in shown
    assert bodies(cloud, "record-event-dlq") == sorted([body, "nonsense"])


def test_they_are_sent_again_all_or_one(cloud: Cloud, found: DeadLetters) -> None:
    one, _, _ = put(cloud, "one"), put(cloud, "two"), put(cloud, "three")
    assert redrive(found, lambda letter: letter.id == one) == 0
    assert bodies(cloud, "record-event") == ["one"]
    assert bodies(cloud, "record-event-dlq") == ["three", "two"]
    assert redrive(found, everything) == 0
    assert bodies(cloud, "record-event") == ["one", "three", "two"]
    assert list_all([found], as_json=False) == 0
    assert redrive(found, everything) == 1


def test_more_than_sqs_hands_out_at_once_are_all_sent_again(cloud: Cloud, found: DeadLetters) -> None:
    for number in range(35):
        put(cloud, str(number))
    assert found.count() == 35
    assert list_all([found], as_json=True) == 1
    redrive(found, everything)
    assert found.count() == 0


def test_what_is_thrown_away_is_written_down_first(cloud: Cloud, found: DeadLetters, tmp_path: Path) -> None:
    one = put(cloud, '{"type":"event-requested"}')
    into = tmp_path / "kept.jsonl"
    assert discard(found, everything, into) == 0
    assert json.loads(into.read_text()) == {
        "function": "record-event",
        "id": one,
        "body": '{"type":"event-requested"}',
    }
    assert into.stat().st_mode & 0o077 == 0
    assert bodies(cloud, "record-event-dlq") == []


def test_places_in_a_stream_are_not_sent_anywhere(cloud: Cloud) -> None:
    spec = {**FUNCTION, "name": "publish-changes", "trigger": {"stream": {}}}
    with pytest.raises(Refusal, match="say where in the table's stream"):
        redrive(DeadLetters(Place("local", "dead", "", "", cloud.settings), spec), everything)


def test_every_function_with_a_queue_or_a_stream_has_them(cloud: Cloud) -> None:
    names = [one.name for one in dead_letters_of(Place("local", "dead", "", "", cloud.settings))]
    assert names[0] == "receive-mail"
    assert "publish-changes" in names
    assert "event-api" not in names


def test_a_queue_that_is_not_there_is_named(cloud: Cloud) -> None:
    with pytest.raises(Refusal, match="no queue cis-local-nobody-record-event-dlq"):
        DeadLetters(Place("local", "nobody", "", "", cloud.settings), FUNCTION).count()
