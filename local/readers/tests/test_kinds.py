"""Which kind a difference is of, and what counts as one."""

from pathlib import Path

import pytest

from readers import calendars, kinds
from readers.compare import Comparison, Difference

EVENT = {"uid": "one", "instance": None, "tzid": "Europe/Berlin", "recurrence": []}
CALENDAR = "BEGIN:VEVENT\nUID:one\nDTSTART;TZID=Europe/Berlin:20260303T100000\n{}\nEND:VEVENT\n"


def difference(field: str, ours: object, theirs: object, line: str = "") -> Difference:
    return Difference("ical.js", Path("x.ics"), field, ours, theirs, EVENT, CALENDAR.format(line))


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (
            difference("start", "instant 2026-03-03T09:00:00Z", "no-zone 2026-03-03T10:00:00"),
            "TZID of a zone that the calendar does not define",
        ),
        (
            difference("end", "instant 2026-03-03T10:00:00Z", "floating 2026-03-03T11:00:00", "DTEND:20260303T110000"),
            "DTEND without the TZID that DTSTART has",
        ),
        (difference("event", "read", "breaks down"), "the library breaks down, or needs more than 10 s"),
        (difference("offset", 3600, 7200), "unexplained"),
    ],
)
def test_a_difference_is_of_the_kind_it_looks_like(found: Difference, name: str) -> None:
    assert kinds.of(found).name == name


def test_what_is_unexplained_comes_last() -> None:
    found = [difference("offset", 1, 2), difference("event", "read", "breaks down")]
    assert [kind.name for kind in kinds.sort(found)][-1] == "unexplained"


def moment(at: str, offset: int | None = None) -> dict:
    return {"kind": "instant", "at": at, "offset": offset}


def event(start: dict, occurrences: list[dict] | None = None) -> dict:
    return {"uid": "one", "instance": None, "start": start, "end": start, "occurrences": occurrences, "tzid": None}


def compared(mine: dict, theirs: dict) -> list[str]:
    comparison = Comparison()
    comparison.match("reader", Path("x.ics"), [mine], [theirs], [], "")
    return [found.field for found in comparison.differences]


def test_times_zones_and_dates_are_compared_each_for_itself() -> None:
    at = "2026-03-03T09:00:00Z"
    assert compared(event(moment(at)), event(moment(at))) == []
    assert compared(event(moment(at)), event(moment("2026-03-03T10:00:00Z"))) == ["start", "end"]
    assert compared(event(moment(at, 3600)), event(moment(at, 7200))) == ["offset"]
    assert compared(event(moment(at), [moment(at)]), event(moment(at), [])) == ["occurrences"]


def test_calendars_are_taken_out_of_mails_and_files(tmp_path: Path) -> None:
    mail, bare, other = tmp_path / "m.eml", tmp_path / "c.ics", tmp_path / "t.txt"
    mail.write_bytes(b"From: a@a.test\nContent-Type: text/calendar; charset=latin-1\n\nBEGIN:VCALENDAR\nX:\xfc\n")
    bare.write_bytes("BEGIN:VCALENDAR\nX:ü\n".encode("utf-16"))
    other.write_text("BEGIN:VCARD\n")
    assert calendars.texts(mail) == calendars.texts(bare) == ["BEGIN:VCALENDAR\nX:ü\n"]
    assert calendars.texts(other) == []
