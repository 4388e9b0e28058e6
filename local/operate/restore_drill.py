"""`scripts/restore-drill`: restores a tenant's table beside the live one, and looks whether all is there."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operate.place import Place, add_place, place_of
from stack.progress import say, step, warn
from stack.settings import Refusal

Item = dict[str, Any]
ASK_AGAIN_SECS = 15.0
PATIENCE_SECS = 6 * 3600


@dataclass(frozen=True)
class Drill:
    """What came of it."""

    table: str
    at: datetime
    took_secs: float
    live: Counter[str]
    restored: Counter[str]
    """How many records of each kind."""
    wrong: list[str]
    """Events that have not changed since, and are not there or differ."""
    compared: int

    @property
    def passed(self) -> bool:
        return not self.wrong and (self.compared > 0 or not self.live)


def main() -> int:
    arguments = _arguments()
    try:
        place = place_of(arguments, "operate.restore_drill")
        drill = run_drill(place, arguments.at, keep=arguments.keep)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    say(told(drill))
    return 0 if drill.passed else 1


def run_drill(place: Place, at: datetime | None, *, keep: bool, wait_secs: float = ASK_AGAIN_SECS) -> Drill:
    """Restores, compares, and deletes what was restored."""
    tables = place.client("dynamodb")
    when = at or _latest(tables, place.prefix)
    target = f"{place.prefix}-drill-{when:%Y%m%dt%H%M%S}"
    started = time.monotonic()
    with step(f"restore {place.prefix} as it was at {when:%Y-%m-%d %H:%M:%S} UTC, as {target}"):
        try:
            tables.restore_table_to_point_in_time(
                SourceTableName=place.prefix,
                TargetTableName=target,
                RestoreDateTime=when,
                BillingModeOverride="PAY_PER_REQUEST",
            )
        except tables.exceptions.ClientError as error:
            raise Refusal(f"It cannot be restored: {error.response['Error']['Message']}") from error
        _until_active(tables, target, wait_secs)
    took_secs = time.monotonic() - started
    try:
        with step("compare"):
            return compared(target, when, took_secs, _items(tables, place.prefix), _items(tables, target))
    finally:
        if keep:
            say(f"  kept {target}; delete it when you are done, it costs what it holds")
        else:
            tables.delete_table(TableName=target)


def compared(table: str, at: datetime, took_secs: float, live: Iterator[Item], restored: Iterator[Item]) -> Drill:
    """Live events that have not been touched since have to be there, letter for letter."""
    there: Counter[str] = Counter()
    events: dict[str, Item] = {}
    for item in restored:
        there[kind_of(item)] += 1
        if kind_of(item) == "event":
            events[item["sk"]["S"]] = item
    here: Counter[str] = Counter()
    wrong, unchanged = [], 0
    for item in live:
        here[kind_of(item)] += 1
        if kind_of(item) != "event" or not _is_older(item, at):
            continue
        unchanged += 1
        found = events.get(item["sk"]["S"])
        if found != item:
            wrong.append(f"{item['sk']['S']} {'is not there' if found is None else 'differs'}")
    return Drill(table, at, took_secs, here, there, wrong, unchanged)


def told(drill: Drill) -> str:
    kinds = sorted(drill.live | drill.restored)
    rows = "".join(f"  {kind:14} {drill.live[kind]:>12,} {drill.restored[kind]:>12,}\n" for kind in kinds)
    wrong = "".join(f"  {one}\n" for one in drill.wrong)
    verdict = "passed" if drill.passed else "FAILED"
    same = drill.compared - len(drill.wrong)
    return (
        f"\n  {'records':14} {'live':>12} {'restored':>12}\n{rows}\n"
        f"{drill.compared:,} events have not changed since; {same:,} are the same.\n{wrong}"
        f"Restored in {drill.took_secs:.0f} s. The drill has {verdict}."
    )


def kind_of(item: Item) -> str:
    """`attendee#bob@b.test` is an attendee."""
    return item["sk"]["S"].partition("#")[0]


def _is_older(item: Item, at: datetime) -> bool:
    return datetime.fromisoformat(item["last_modified"]["S"]) < at


def _latest(tables: Any, table: str) -> datetime:
    try:
        described = tables.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    except tables.exceptions.ClientError as error:
        raise Refusal(f"{table}: {error.response['Error']['Message']}") from error
    recovery = described["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        raise Refusal(f"{table} keeps no points in time: nothing can be restored")
    latest = recovery.get("LatestRestorableDateTime")
    return (latest or datetime.now(UTC)).astimezone(UTC)


def _until_active(tables: Any, table: str, wait_secs: float) -> None:
    deadline = time.monotonic() + PATIENCE_SECS
    while tables.describe_table(TableName=table)["Table"]["TableStatus"] != "ACTIVE":
        if time.monotonic() > deadline:
            raise Refusal(f"{table} was not restored within {PATIENCE_SECS / 3600:.0f} hours; it is still there")
        time.sleep(wait_secs)


def _items(tables: Any, table: str) -> Iterator[Item]:
    for page in tables.get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def _time(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no time, like 2026-03-01T10:05:00Z") from error
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/restore-drill",
        description="Restores a tenant's table to a point in time, as a table of its own beside the live one; counts "
        "the records of both, and compares every event that has not changed since; deletes it again. Reads both tables "
        "whole, which costs read requests; nothing is written to the live one. 0 only if all is there.",
    )
    add_place(parser)
    parser.add_argument("--at", type=_time, help="UTC, like 2026-03-01T10:05:00Z; the latest there is, unless said")
    parser.add_argument("--keep", action="store_true", help="leave the restored table, to bring data back from it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
