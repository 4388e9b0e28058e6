"""Tumbling windows over a stream: the fields Lambda adds, the state it carries, the final call that closes a window."""

from datetime import UTC, datetime
from typing import Any

# MiniStack's streams have one shard, named like this in its own failure records.
SHARD = "shardId-00000000000000000000-00000000"


class Windows:
    """The open window of one mapping."""

    def __init__(self) -> None:
        self.start: int | None = None
        self.width_secs = 0
        self.state: dict[str, Any] = {}

    def cut(self, records: list[dict[str, Any]], width_secs: int) -> list[dict[str, Any]]:
        """The leading records of one window; none while an older window is still to be closed."""
        if not records:
            return []
        first = created(records[0]) // width_secs * width_secs
        if self.start is not None and first != self.start:
            return []
        self.start, self.width_secs = first, width_secs
        return [record for record in records if created(record) // width_secs * width_secs == first]

    def over(self, now: float) -> bool:
        return self.start is not None and now >= self.start + self.width_secs

    def event(self, records: list[dict[str, Any]], source: str, *, final: bool) -> dict[str, Any]:
        start = self.start or 0
        return {
            "Records": records,
            "window": {"start": instant(start), "end": instant(start + self.width_secs)},
            "state": self.state,
            "shardId": SHARD,
            "eventSourceARN": source,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": False,
        }

    def answered(self, event: dict[str, Any], result: dict[str, Any]) -> None:
        if "window" not in event or result.get("error"):
            return
        if event["isFinalInvokeForWindow"]:
            self.start, self.state = None, {}
            return
        body = result.get("body")
        self.state = (body.get("state") if isinstance(body, dict) else None) or {}


def created(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["ApproximateCreationDateTime"])


def instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
