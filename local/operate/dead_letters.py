"""The dead letters of one function: looked at, sent again, thrown away."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operate.place import Place
from stack.deploy import FUNCTIONS
from stack.settings import Refusal

Spec = dict[str, Any]

# Long enough for thousands, short enough that what an interruption leaves is back when somebody looks again.
HIDDEN_SECS = 600
# SQS hands out ten at most, and an answer without any does not say that there are none.
BATCH = 10
EMPTY_ANSWERS = 3


@dataclass(frozen=True)
class DeadLetter:
    id: str
    body: str
    attributes: dict[str, Any]
    first_sent: datetime
    receipt: str

    @property
    def type(self) -> str:
        """What it asks for; the body may name people and is not shown."""
        try:
            parsed = json.loads(self.body)
        except ValueError:
            return "not JSON"
        kind = parsed.get("type") if isinstance(parsed, dict) else None
        return kind if isinstance(kind, str) else "no type"


@dataclass(frozen=True)
class DeadLetters:
    place: Place
    function: Spec

    @property
    def name(self) -> str:
        return self.function["name"]

    @property
    def is_of_a_stream(self) -> bool:
        return "stream" in self.function["trigger"]

    def count(self) -> int:
        """About how many there are: SQS does not know exactly."""
        attributes = self._queues().get_queue_attributes(
            QueueUrl=self._url(f"{self.name}-dlq"), AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    @contextmanager
    def taken(self, wanted: Callable[[DeadLetter], bool], limit: int | None = None) -> Iterator[list[DeadLetter]]:
        """Up to so many, each once; whatever is not dealt with is there again afterwards."""
        taken: dict[str, DeadLetter] = {}
        kept = []
        try:
            for letter in self._handed_out():
                if letter.id in taken:
                    break
                taken[letter.id] = letter
                kept += [letter] if wanted(letter) else []
                if limit is not None and len(kept) >= limit:
                    break
            yield kept
        finally:
            for letter in taken.values():
                self._give_back(letter)

    def send_again(self, letter: DeadLetter) -> None:
        """First to the function's queue, then away from here: twice is harmless, never would not be."""
        self._queues().send_message(
            QueueUrl=self._url(self.name), MessageBody=letter.body, MessageAttributes=letter.attributes
        )
        self.discard(letter)

    def discard(self, letter: DeadLetter) -> None:
        self._queues().delete_message(QueueUrl=self._url(f"{self.name}-dlq"), ReceiptHandle=letter.receipt)

    def failures(self, letter: DeadLetter) -> list[dict[str, Any]]:
        """What the function's log says of it, oldest first."""
        logs = self.place.client("logs")
        group = f"/aws/lambda/{self.place.prefix}-{self.name}"
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=int(letter.first_sent.timestamp() * 1000), filterPattern=f'"{letter.id}"'
        )
        lines = [event["message"] for page in pages for event in page["events"]]
        parsed = [json.loads(line) for line in lines if line.startswith("{") and letter.id in line]
        return [line for line in parsed if line.get("level") == "ERROR"]

    def _handed_out(self) -> Iterator[DeadLetter]:
        empty = 0
        while empty < EMPTY_ANSWERS:
            answer = self._queues().receive_message(
                QueueUrl=self._url(f"{self.name}-dlq"),
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HIDDEN_SECS,
                AttributeNames=["SentTimestamp"],
                MessageAttributeNames=["All"],
            )
            messages = answer.get("Messages", [])
            empty = 0 if messages else empty + 1
            for message in messages:
                sent = int(message["Attributes"]["SentTimestamp"]) / 1000
                yield DeadLetter(
                    id=message["MessageId"],
                    body=message["Body"],
                    attributes=message.get("MessageAttributes", {}),
                    first_sent=datetime.fromtimestamp(sent, UTC),
                    receipt=message["ReceiptHandle"],
                )

    def _give_back(self, letter: DeadLetter) -> None:
        queues = self._queues()
        try:
            queues.change_message_visibility(
                QueueUrl=self._url(f"{self.name}-dlq"), ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )
        except queues.exceptions.ClientError:
            # It was dealt with, or has come back by itself.
            return

    def _queues(self) -> Any:
        return self.place.client("sqs")

    def _url(self, queue: str) -> str:
        queues = self._queues()
        try:
            return queues.get_queue_url(QueueName=f"{self.place.prefix}-{queue}")["QueueUrl"]
        except queues.exceptions.QueueDoesNotExist as error:
            raise Refusal(f"There is no queue {self.place.prefix}-{queue}: is that the right account?") from error


def dead_letters_of(place: Place) -> list[DeadLetters]:
    """One for each function that has some place for them, in the order of the mail's path."""
    functions = json.loads(FUNCTIONS.read_text())["functions"]
    return [DeadLetters(place, spec) for spec in functions if spec["trigger"].keys() & {"queue", "stream"}]
