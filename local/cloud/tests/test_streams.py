"""How a table's stream reaches functions."""

import json
import time
from collections.abc import Callable
from typing import Any

from .conftest import Cloud, eventually

# Notes every call in the table named by its environment and does what the records' items tell it to.
READER = """
import json, os, time
import boto3

notes = boto3.client("dynamodb")

def note(kind, **more):
    item = {"pk": {"S": kind}, "sk": {"S": str(time.time_ns())}}
    item.update({name: {"S": value if isinstance(value, str) else json.dumps(value)} for name, value in more.items()})
    notes.put_item(TableName=os.environ["NOTES"], Item=item)

def handler(event, context):
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    window = {name: value for name, value in event.items() if name != "Records"}
    note(os.environ["NAME"], keys=keys, window=window)
    if "slow" in keys:
        time.sleep(6)
    if "poison" in keys:
        raise RuntimeError("poison")
    failed = [record for record in event["Records"] if record["dynamodb"]["Keys"]["pk"]["S"].startswith("partly")]
    answer = {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in failed]}
    if window:
        answer["state"] = {"seen": event["state"].get("seen", 0) + len(keys)}
    return answer
"""


class Reader:
    """A table with a stream, a function that reads it, and what the function noted."""

    def __init__(self, cloud: Cloud, name: str, **mapping: Any) -> None:
        self.cloud, self.name = cloud, name
        cloud.deploy(f"stream-{name}", self.resources(name, mapping))

    def resources(self, name: str, mapping: dict[str, Any]) -> dict[str, Any]:
        keys = {
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        stream = {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
        may = {"Effect": "Allow", "Action": ["dynamodb:*", "sqs:SendMessage", "logs:*"], "Resource": "*"}
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        return {
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name, **keys, **stream}},
            "Notes": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": f"{name}-notes", **keys}},
            "DeadLetters": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{name}-dlq"}},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": name,
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                    "Policies": [
                        {"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": [may]}}
                    ],
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": name,
                    "Runtime": "python3.11",
                    "Handler": "index.handler",
                    "Timeout": 20,
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Environment": {"Variables": {"NAME": name, "NOTES": {"Ref": "Notes"}}},
                    "Code": {"ZipFile": READER},
                },
            },
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                    "StartingPosition": "TRIM_HORIZON",
                    "BatchSize": 100,
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}},
                    **mapping,
                },
            },
        }

    def write(self, *keys: str, enable: bool = True) -> None:
        """Read in one batch: nothing is read while several are written."""
        if len(keys) > 1 or not enable:
            self.reads(False)
        for key in keys:
            self.cloud.client("dynamodb").put_item(TableName=self.name, Item={"pk": {"S": key}, "sk": {"S": "-"}})
        if len(keys) > 1:
            self.reads(True)

    def reads(self, enabled: bool) -> None:
        functions = self.cloud.client("lambda")
        [mapping] = functions.list_event_source_mappings(FunctionName=self.name)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)

    def calls(self) -> list[dict[str, Any]]:
        noted = self.cloud.client("dynamodb").query(
            TableName=f"{self.name}-notes",
            KeyConditionExpression="pk = :name",
            ExpressionAttributeValues={":name": {"S": self.name}},
        )["Items"]
        return [{name: json.loads(item[name]["S"]) for name in ("keys", "window")} for item in noted]

    def batches(self) -> list[list[str]]:
        return [call["keys"] for call in self.calls()]

    def seen(self, key: str) -> Callable[[], bool]:
        return lambda: any(key in batch for batch in self.batches())

    def dead_letters(self) -> list[dict[str, Any]]:
        queue = self.cloud.client("sqs").get_queue_url(QueueName=f"{self.name}-dlq")["QueueUrl"]
        received = self.cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]


def test_records_before_the_failed_one_count_as_done_and_it_is_read_again(cloud: Cloud) -> None:
    reader = Reader(cloud, "partial", MaximumRetryAttempts=2)
    reader.write("a", "b", "partly-c", "d")
    eventually(lambda: len(reader.batches()) >= 3)
    first, *later = reader.batches()[:3]
    assert first == ["a", "b", "partly-c", "d"]
    assert later == [["partly-c", "d"]] * 2


def test_a_record_that_always_fails_goes_to_the_dead_letters_and_the_rest_goes_on(cloud: Cloud) -> None:
    reader = Reader(cloud, "poisoned", MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)
    reader.write("a", "poison", "b", "c")
    letters = eventually(reader.dead_letters)
    assert [letter["requestContext"]["condition"] for letter in letters] == ["RetryAttemptsExhausted"]
    assert letters[0]["DDBStreamBatchInfo"]["batchSize"] == 1
    reader.write("after")
    eventually(reader.seen("after"))
    alone = [batch for batch in reader.batches() if "poison" not in batch]
    assert {"a", "b", "c", "after"} == {key for batch in alone for key in batch}


def test_a_slow_reader_holds_up_no_other(cloud: Cloud) -> None:
    slow, quick = Reader(cloud, "slow-one"), Reader(cloud, "quick-one")
    quick.write("warm")
    eventually(quick.seen("warm"))
    slow.write("slow")
    eventually(slow.seen("slow"))
    started = time.monotonic()
    quick.write("now")
    eventually(quick.seen("now"))
    assert time.monotonic() - started < 5


def test_a_change_is_read_before_the_next_tick_of_the_poller(cloud: Cloud) -> None:
    reader = Reader(cloud, "prompt")
    reader.write("warm")
    eventually(reader.seen("warm"))
    time.sleep(1.2)
    took = []
    for number in range(5):
        started = time.monotonic()
        reader.write(f"n{number}")
        eventually(reader.seen(f"n{number}"))
        took.append(time.monotonic() - started)
    # The poller's own tick is a second; the write, the function, its note and our looking are in it too.
    assert sorted(took)[2] < 0.5, took


def test_records_are_gathered_for_a_batch(cloud: Cloud) -> None:
    reader = Reader(cloud, "gathering", MaximumBatchingWindowInSeconds=3)
    for name in ("a", "b", "c"):
        reader.write(name)
        time.sleep(0.3)
    eventually(reader.seen("c"))
    assert [batch for batch in reader.batches() if batch] == [["a", "b", "c"]]


def test_a_tumbling_window_names_its_shard_carries_its_state_and_closes(cloud: Cloud) -> None:
    reader = Reader(cloud, "windowed", TumblingWindowInSeconds=2)
    reader.write("a")
    eventually(reader.seen("a"))
    reader.write("b")
    closing = eventually(lambda: [call for call in reader.calls() if call["window"]["isFinalInvokeForWindow"]])[0]
    opening = reader.calls()[0]["window"]
    assert opening["shardId"].startswith("shardId-")
    assert opening["eventSourceARN"].split("/stream/")[0].endswith(":table/windowed")
    assert closing["keys"] == []
    assert closing["window"]["state"]["seen"] >= 1
    assert closing["window"]["window"] == opening["window"]


def test_records_not_yet_read_are_read_after_a_restart_and_new_ones_too(own_cloud: Cloud) -> None:
    reader = Reader(own_cloud, "restarted")
    reader.write("before")
    eventually(reader.seen("before"))
    reader.write("unread", enable=False)
    own_cloud.stop()
    own_cloud.start()
    reader.reads(True)
    reader.write("after")
    eventually(lambda: reader.seen("unread")() and reader.seen("after")())
    assert sum(batch.count("before") for batch in reader.batches()) == 1


def test_a_record_past_its_age_is_given_up(cloud: Cloud) -> None:
    reader = Reader(cloud, "aged", MaximumRecordAgeInSeconds=1)
    reader.write("poison")
    letters = eventually(reader.dead_letters)
    assert [letter["requestContext"]["condition"] for letter in letters] == ["MaxRecordAgeExceeded"]
