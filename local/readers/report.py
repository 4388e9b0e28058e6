"""What was compared and found, for people and for programs."""

from collections import defaultdict
from typing import Any

from readers.compare import FIELDS, Comparison, Difference
from readers.kinds import UNEXPLAINED, Kind


def as_json(difference: Difference, kind: Kind) -> dict[str, Any]:
    return {
        "reader": difference.reader,
        "file": str(difference.file),
        "uid": difference.event["uid"],
        "field": difference.field,
        "ours": difference.ours,
        "theirs": difference.theirs,
        "kind": kind.name,
    }


def text(comparison: Comparison, by_kind: dict[Kind, list[Difference]]) -> str:
    lines = [_counted(comparison), ""]
    for reader, tally in comparison.by_reader.items():
        lines.append(f"  {reader:10} {tally.agree:6,} of {tally.events:6,} events alike in all")
    for kind, differences in by_kind.items():
        lines.append(f"  {len(differences):6,} {kind.name}")
    for difference in by_kind.get(UNEXPLAINED, [])[:20]:
        lines.append(
            f"    {difference.reader} {difference.file}: {difference.field}: we {_short(difference.ours)},"
            f" it {_short(difference.theirs)}"
        )
    return "\n".join(lines)


def markdown(comparison: Comparison, by_kind: dict[Kind, list[Difference]]) -> str:
    counted = "\n".join(
        f"| {reader} | {tally.events:,} | {tally.agree:,} | "
        + " | ".join(f"{tally.compared[name]:,}" for name in FIELDS)
        + " |"
        for reader, tally in comparison.by_reader.items()
    )
    kinds = "\n".join(_row(kind, differences) for kind, differences in by_kind.items())
    return f"""# How others read what we read

{_counted(comparison)}

Each was read by `cis inspect --json --instances 50` and by three libraries that share no code with us or each other:

| | is | its dates of a series |
|---|---|---|
| icalendar | the Python library; zones by the IANA database, else by VTIMEZONE | `recurring-ical-events` |
| ical.js | Mozilla's JavaScript library; zones by VTIMEZONE alone | its own |
| libical | the C library of Evolution, KDE and Cyrus; zones by VTIMEZONE | its own; overrides put in by us |

Written by `scripts/compare-readers ../shared/corpus --write docs/readers.md`. The golden letters and mails are compared
by `scripts/test`; our own letters have to be read alike by all. A mail's calendars are taken out for the others by
Python's `email`.

An event is *alike* when start, end, their kind (instant, floating, day), the zone's offset at the start and the first
50 instances are the same.

| reader | events | alike in all | starts | ends | offsets | series |
|---|---:|---:|---:|---:|---:|---:|
{counted}

## Differences by kind

Counted are differences, not events: one event may differ in start and end. An event that a library does not give out
is one difference.

| kind | differences | who is right, and why |
|---|---|---|
{kinds}
"""


def _counted(comparison: Comparison) -> str:
    return (
        f"{comparison.events:,} events, {comparison.series:,} of them series, in {comparison.calendars:,} calendars"
        f" of {comparison.files:,} files."
    )


def _row(kind: Kind, differences: list[Difference]) -> str:
    by_reader: dict[str, int] = defaultdict(int)
    for difference in differences:
        by_reader[difference.reader] += 1
    counts = ", ".join(f"{reader} {count:,}" for reader, count in by_reader.items())
    return f"| {kind.name} | {counts} | {kind.why} |"


def _short(value: Any) -> str:
    said = ", ".join(map(str, value[:4])) if isinstance(value, list) else str(value)
    return said[:160]
