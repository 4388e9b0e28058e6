"""Each runbook, and what people notice of it."""

import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from operate import key_rotation
from operate.dead_letters import dead_letters_of
from operate.dlq import redrive
from operate.doctor import examined
from operate.place import Place
from operate.restore_drill import run_drill
from release.traffic import Event, Invitation, People
from stack.build import Built
from stack.commands import put_up
from stack.progress import step
from stack.settings import STAGE, TABLE, TENANT, Refusal, Settings

READS_ANSWERS = "record-reply"
SUSPENDED = "test/apps/suspended.ts"


@dataclass(frozen=True)
class Check:
    what: str
    ok: bool
    found: str = ""


@dataclass(frozen=True)
class Stage:
    settings: Settings
    built: Built
    place: Place
    people: People

    def client(self, service: str) -> Any:
        return self.place.client(service)

    def reads_answers(self, *, enabled: bool) -> None:
        functions = self.client("lambda")
        name = f"{self.place.prefix}-{READS_ANSWERS}"
        for mapping in functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)

    def party(self, name: str, guests: int) -> tuple[Event, list[Invitation]]:
        event = self.people.make_event(name)
        return event, self.people.invite(event, [f"{name}{number}" for number in range(guests)])


def runbooks(settings: Settings, built: Built) -> Iterator[Check]:
    place = Place(STAGE, TENANT, "", "", settings)
    stage = Stage(settings, built, place, People(settings))
    # What was a dead letter rings for a minute more: last.
    for runbook in (rotated, suspended, restored, well, revived):
        with step(f"do what is {runbook.__name__}"):
            checks = list(runbook(stage))
        yield from checks


def rotated(stage: Stage) -> Iterator[Check]:
    """Rotate the key. Somebody else mails each answer, so that the signed address alone proves whose it is."""
    people, alias = stage.people, f"alias@elsewhere-{stage.people.domain}"
    event, (first, second, third) = stage.party("rotation", 3)
    uid = event.uid

    key_rotation.begin(stage.place)
    yield Check("a step too early is refused", _is_refused(lambda: key_rotation.sign(stage.place)))
    _begin_processes_anew(stage)
    people.answer(first, "ACCEPTED", sender=alias)
    yield Check("an answer counts while a key is introduced", people.until_answered(event, {"accepted": 1}))

    key_rotation.sign(stage.place)
    _begin_processes_anew(stage)
    people.answer(second, "ACCEPTED", sender=alias)
    yield Check("an answer to a letter of the key before counts", people.until_answered(event, {"accepted": 2}))
    (late,) = people.invite(event, ["rotation-late"])

    key_rotation.retire(stage.place)
    _begin_processes_anew(stage)
    people.answer(late, "ACCEPTED", sender=alias)
    yield Check("an answer to a letter of the new key counts", people.until_answered(event, {"accepted": 3}))
    people.answer(third, "ACCEPTED", sender=alias)
    outcome = people.until("an answer by the retired key is dealt with", lambda: _outcome(stage, uid))
    yield Check("an answer by the retired key proves nothing", outcome == "quarantined", outcome)
    people.answer(third, "ACCEPTED")
    yield Check("and counts from its owner's own address", people.until_answered(event, {"accepted": 4}))


def revived(stage: Stage) -> Iterator[Check]:
    """Dead letters: listed and sent again."""
    queues, prefix = stage.client("sqs"), stage.place.prefix
    event, (guest,) = stage.party("revival", 1)
    stage.reads_answers(enabled=False)
    stage.people.answer(guest, "DECLINED")
    waiting, dead = (
        queues.get_queue_url(QueueName=f"{prefix}-{READS_ANSWERS}{end}")["QueueUrl"] for end in ("", "-dlq")
    )
    message = stage.people.until("the answer waits in its queue", lambda: _received(queues, waiting))
    # As SQS does when it has failed six times.
    queues.send_message(QueueUrl=dead, MessageBody=message["Body"])
    queues.delete_message(QueueUrl=waiting, ReceiptHandle=message["ReceiptHandle"])
    stage.reads_answers(enabled=True)

    found = next(one for one in dead_letters_of(stage.place) if one.name == READS_ANSWERS)
    yield Check("a dead letter is listed", found.count() == 1, str(found.count()))
    redrive(found, lambda _: True)
    counted = stage.people.until_answered(event, {"declined": 1})
    yield Check("sent again, it has its effect and is gone", counted and found.count() == 0, str(found.count()))


def suspended(stage: Stage) -> Iterator[Check]:
    event, (guest, other) = stage.party("suspension", 2)
    stage.reads_answers(enabled=False)
    stage.people.answer(guest, "ACCEPTED")
    put_up(replace(stage.settings, described_by=SUSPENDED), stage.built)
    yield Check("mail to a suspended tenant is not taken", _bounces(lambda: stage.people.answer(other, "DECLINED")))
    yield Check("what is under way waits", stage.people.answers_of(event).get("accepted", 0) == 0)
    put_up(stage.settings, stage.built)
    yield Check("then it goes on where it stopped", stage.people.until_answered(event, {"accepted": 1}))
    stage.people.answer(other, "DECLINED")
    yield Check("and mail is taken again", stage.people.until_answered(event, {"accepted": 1, "declined": 1}))


def restored(stage: Stage) -> Iterator[Check]:
    drill = run_drill(stage.place, None, keep=False, wait_secs=0.5)
    yield Check(f"all {drill.compared} events are in the table restored", drill.passed, "; ".join(drill.wrong))


def well(stage: Stage) -> Iterator[Check]:
    findings = examined(stage.place)
    wrong = [f"{one.about}: {one.said or one.state}" for one in findings if one.state != "well"]
    yield Check(f"all {len(findings)} things the doctor looks at are well", not wrong, "; ".join(wrong))


def _begin_processes_anew(stage: Stage) -> None:
    """As a release does, in another second than the step before: the local cloud's secrets show no fractions."""
    time.sleep(1)
    functions = stage.client("lambda")
    for name in key_rotation.who_reads_it():
        function = f"{stage.place.prefix}-{name}"
        # The local cloud starts a function anew when its memory is set, to whatever value.
        memory = functions.get_function_configuration(FunctionName=function)["MemorySize"]
        functions.update_function_configuration(FunctionName=function, MemorySize=memory)


def _is_refused(act: Callable[[], None]) -> bool:
    try:
        act()
    except Refusal:
        return True
    return False


def _bounces(mail: Callable[[], None]) -> bool:
    try:
        mail()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        return True
    return False


def _received(queues: Any, url: str) -> dict[str, Any] | None:
    messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=1).get("Messages", [])
    return messages[0] if messages else None


def _outcome(stage: Stage, uid: str) -> str | None:
    """What became of the one mail about this event that is no answer that counts."""
    pages = stage.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    for item in (item for page in pages for item in page["Items"]):
        if (
            item["sk"]["S"].startswith("mail#")
            and item.get("uid", {}).get("S") == uid
            and item["outcome"]["S"] != "applied"
        ):
            return item["outcome"]["S"]
    return None
