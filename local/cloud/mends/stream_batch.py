"""A batch of stream records and what a function answered about it."""

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Records that passed the mapping's filter, each with its position in the stream; `end` is past the last read."""

    records: list[Record]
    positions: list[int]
    start: int
    end: int

    @staticmethod
    def of(read: list[Record], kept: list[Record], start: int) -> "Batch":
        places = {sequence_number(record): start + at for at, record in enumerate(read)}
        return Batch(kept, [places[sequence_number(record)] for record in kept], start, start + len(read))

    @property
    def width(self) -> int:
        return self.end - self.start

    def starting_at(self, position: int) -> "Batch":
        left = [(at, record) for at, record in zip(self.positions, self.records, strict=True) if at >= position]
        return Batch([record for _, record in left], [at for at, _ in left], position, self.end)

    def age_secs(self, now: float) -> float:
        made = [float(record["dynamodb"].get("ApproximateCreationDateTime", now)) for record in self.records]
        return max(0.0, now - min(made, default=now))


@dataclass(frozen=True)
class Outcome:
    """`failed_at` is the position of the first record to be read again, None where all went well."""

    failed_at: int | None
    reason: str = ""


def sequence_number(record: Record) -> str:
    return record["dynamodb"]["SequenceNumber"]


def read_outcome(result: dict[str, Any], batch: Batch, mapping: dict[str, Any]) -> Outcome:
    """Partial failures count only where the mapping reports them; an unknown identifier fails the whole batch."""
    if result.get("error"):
        return Outcome(batch.start, "with an error")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return Outcome(None)
    body = result.get("body")
    failures = (body.get("batchItemFailures") if isinstance(body, dict) else None) or []
    if not failures:
        return Outcome(None)
    places = {sequence_number(record): at for at, record in zip(batch.positions, batch.records, strict=True)}
    named = [failure.get("itemIdentifier") for failure in failures]
    if any(name not in places for name in named):
        return Outcome(batch.start, "naming a record that was not in the batch")
    return Outcome(min(places[name] for name in named), f"{len(named)} of {len(batch.records)} records")
