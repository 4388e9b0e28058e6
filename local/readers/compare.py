"""One file, read by us and by the others: what they do not agree in."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readers import calendars, ours
from readers.ask import Engine

FIELDS = ("start", "end", "offset", "occurrences")


@dataclass(frozen=True)
class Difference:
    """`event` is ours, with what its calendar says about it; `text` is that calendar."""

    reader: str
    file: Path
    field: str
    ours: Any
    theirs: Any
    event: dict[str, Any]
    text: str


@dataclass
class Tally:
    """Of one reader."""

    events: int = 0
    agree: int = 0
    compared: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))


@dataclass
class Comparison:
    files: int = 0
    calendars: int = 0
    events: int = 0
    series: int = 0
    by_reader: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    differences: list[Difference] = field(default_factory=list)

    def add(self, cis: Path, engines: list[Engine], file: Path) -> None:
        texts = calendars.texts(file)
        if not texts:
            return
        mine = ours.events(ours.inspect(cis, file))
        if not mine:
            return
        self.files += 1
        self.calendars += len(texts)
        self.events += len(mine)
        self.series += sum(event["occurrences"] is not None for event in mine)
        for engine in engines:
            theirs, errors = [], []
            for text in texts:
                answer = engine.read(text)
                theirs += answer.get("events", [])
                errors += [answer["error"]] if "error" in answer else []
            self.match(engine.name, file, mine, theirs, errors, "\n".join(texts))

    def match(
        self, reader: str, file: Path, mine: list[dict], theirs: list[dict], errors: list[str], text: str
    ) -> None:
        waiting = defaultdict(list)
        for event in theirs:
            waiting[_key(event)].append(event)
        tally = self.by_reader[reader]
        for event in mine:
            tally.events += 1
            found = waiting[_key(event)]
            if not found:
                why = errors[0] if errors else "not among its events"
                self.differences.append(Difference(reader, file, "event", "read", why, event, text))
                continue
            other = found.pop(0)
            if "broken" in other:
                self.differences.append(Difference(reader, file, "event", "read", other["broken"], event, text))
                continue
            differing = list(_differing(event, other, tally))
            self.differences += [
                Difference(reader, file, name, one, another, event, text) for name, one, another in differing
            ]
            tally.agree += not differing


def _key(event: dict[str, Any]) -> tuple[str, str | None]:
    """UIDs are compared without the spaces clients put around them; an instance by what its time says."""
    instance = event["instance"]
    return (event["uid"] or "").strip(), instance["at"] if instance else None


def _differing(mine: dict, theirs: dict, tally: Tally) -> Iterator[tuple[str, Any, Any]]:
    for name in ("start", "end"):
        tally.compared[name] += 1
        one, another = _said(mine[name]), _said(theirs[name])
        if one != another:
            yield name, one, another
    start, other = mine["start"], theirs["start"]
    if _said(start) == _said(other) and None not in (start["offset"], other["offset"]):
        tally.compared["offset"] += 1
        if start["offset"] != other["offset"]:
            yield "offset", start["offset"], other["offset"]
    dates, others = mine["occurrences"], theirs["occurrences"]
    if dates is not None:
        tally.compared["occurrences"] += 1
        if isinstance(others, str) or others is None:
            yield "occurrences", [_said(one) for one in dates], others
        else:
            # Sets: libical gives out a date twice that two properties name.
            found, wanted = sorted(set(map(_said, others))), sorted(set(map(_said, dates)))
            # A moved instance may fall beyond the last one that is looked at, on one side only.
            enough = min(len(found), len(wanted)) - 5 if len(wanted) >= 50 or len(found) >= 50 else None
            if found[:enough] != wanted[:enough]:
                yield "occurrences", wanted, found


def _said(moment: dict[str, Any] | None) -> str | None:
    return None if moment is None else f"{moment['kind']} {moment['at']}"
