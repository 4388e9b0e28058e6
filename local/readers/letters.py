"""Reads mails and their calendars with Python's email and icalendar; prints what it finds, and their HTML, as JSON.

Whatever Python warns of is a fault here. Times with a TZID are told by the IANA database, so that a VTIMEZONE which
says otherwise shows in the comparison with ical.js, which goes by the VTIMEZONE.
"""

import datetime
import email
import email.policy
import email.utils
import json
import sys
import warnings
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar


def moment(value: object) -> str:
    """A date, a floating time or an instant, as text both readers can make."""
    if not isinstance(value, datetime.datetime):
        return f"day {value.isoformat()}"
    if value.tzinfo is None:
        return f"floating {value.isoformat()}"
    return f"instant {int(value.timestamp())}"


def raw_faults(data: bytes) -> Iterator[str]:
    """What no reader complains of, and clients stumble over."""
    if not data.endswith(b"\r\n"):
        yield "the calendar does not end with CRLF"
    for line in data.removesuffix(b"\r\n").split(b"\r\n"):
        if len(line) > 75:
            yield f"a line of {len(line)} octets"
        if b"\r" in line or b"\n" in line:
            yield "a CR or LF that is no line end"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield "a fold inside a character"


def read_calendar(data: bytes, mail: EmailMessage) -> tuple[Any, list[str]]:
    """The calendar's fields and faults."""
    faults = list(raw_faults(data))
    calendar = icalendar.Calendar.from_ical(data)
    for component in calendar.walk():
        faults += [f"{component.name}: {error}" for error in component.errors]
    events = [read_event(event) for event in calendar.walk("VEVENT")]
    if not events:
        return {}, [*faults, "no VEVENT"]
    faults += [fault for _, found in events for fault in found]
    fields = {"method": str(calendar["METHOD"]), "events": [fields for fields, _ in events]}
    for event in fields["events"]:
        for name in ("uid", "organizer", "attendee"):
            if event.get(name) != fields["events"][0].get(name):
                faults.append(f"the VEVENTs have not the same {name.upper()}")
        for header, name in (("From", "organizer"), ("Reply-To", "organizer"), ("To", "attendee")):
            found = [address.addr_spec.lower() for address in mail[header].addresses]
            if found != [event.get(name, "").removeprefix("mailto:")]:
                faults.append(f"{header} is not the address in the calendar")
    # A proposal for one date is declined by that date alone.
    is_of_a_date = fields["method"] == "DECLINECOUNTER" and len(events) == 1
    if not is_of_a_date and [event.get("recurrence id") for event in fields["events"]].count(None) != 1:
        faults.append("not exactly one VEVENT is the event itself")
    return fields, faults


def read_event(event: icalendar.Event) -> dict[str, Any]:
    """A VEVENT's fields and faults: the event's, or those of an instance that differs."""
    organizer, attendee = event["ORGANIZER"], event["ATTENDEE"]
    if isinstance(attendee, list):
        return {}, ["more than one ATTENDEE"]
    return {
        "uid": str(event["UID"]),
        "recurrence id": moment(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None,
        "sequence": int(event["SEQUENCE"]),
        "start": moment(event["DTSTART"].dt),
        "end": moment(event["DTEND"].dt) if "DTEND" in event else None,
        "exdates": dates(event, "EXDATE"),
        "rdates": dates(event, "RDATE"),
        "organizer": str(organizer).lower(),
        "attendee": str(attendee).lower(),
        "summary": str(event["SUMMARY"]),
        "status": str(event["STATUS"]),
    }, []


def dates(event: icalendar.Event, name: str) -> list[str]:
    """The moments of EXDATE or RDATE, in order."""
    lists = event.get(name, [])
    lists = lists if isinstance(lists, list) else [lists]
    return sorted(moment(date.dt) for each in lists for date in each.dts)


def read_mail(path: Path) -> dict[str, Any]:
    """One mail: its calendar parts, its HTML, its faults."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    faults, calendars = [], []
    for part in mail.walk():
        faults += [f"{part.get_content_type()}: {defect!r}" for defect in part.defects]
        for name, value in part.items():
            faults += [f"{name}: {defect!r}" for defect in value.defects]
        if part.get_content_type() in ("text/calendar", "application/ics"):
            data = part.get_payload(decode=True)
            fields, found = read_calendar(data, mail)
            faults += found
            method = part["Content-Type"].params.get("method")
            if part.get_content_type() == "text/calendar" and method != fields.get("method"):
                faults.append("the method of the part is not that of the calendar")
            calendars.append({"fields": fields, "text": data.decode("utf-8")})
    if len({calendar["text"] for calendar in calendars}) > 1:
        faults.append("the attached calendar is another than the inline one")
    page = mail.get_body(("html",))
    html = page.get_content() if page is not None else None
    return {"file": str(path), "faults": faults, "calendars": calendars, "html": html}


def main() -> None:
    """Reads the files named."""
    warnings.simplefilter("error")
    mails = []
    for name in sys.argv[1:]:
        try:
            mails.append(read_mail(Path(name)))
        except Exception as error:  # a reader that stumbles is what is looked for
            mails.append({"file": name, "faults": [repr(error)], "calendars": [], "html": None})
    json.dump(mails, sys.stdout)


if __name__ == "__main__":
    main()
