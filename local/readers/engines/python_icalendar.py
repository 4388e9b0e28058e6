"""Python's `icalendar`, with `recurring-ical-events` for the dates of a series.

Every engine answers a line of JSON, `{"text": …}`, by a line of JSON, `{"events": […]}` or `{"error": …}`.
"""

import datetime as dt
import itertools
import json
import sys
import warnings

import icalendar
import recurring_ical_events


def moment(value: object) -> dict | None:
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            return {"kind": "floating", "at": value.strftime("%Y-%m-%dT%H:%M:%S"), "offset": None}
        at = value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"kind": "instant", "at": at, "offset": int(value.utcoffset().total_seconds())}
    if isinstance(value, dt.date):
        return {"kind": "day", "at": value.isoformat(), "offset": None}
    return None


def end_of(event: icalendar.Event) -> object:
    """DTEND, else DTSTART plus DURATION, else RFC 5545 section 3.6.1."""
    if "DTEND" in event:
        return event["DTEND"].dt
    start = event["DTSTART"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt
    return start if isinstance(start, dt.datetime) else start + dt.timedelta(days=1)


def occurrences(calendar: icalendar.Calendar, uid: str | None, most: int) -> list:
    alone = icalendar.Calendar()
    for component in calendar.subcomponents:
        if component.name == "VTIMEZONE" or (component.name == "VEVENT" and text(component, "UID") == uid):
            alone.add_component(component)
    found = recurring_ical_events.of(alone).all()
    return [moment(event["DTSTART"].dt) for event in itertools.islice(found, most)]


def text(event: icalendar.Event, name: str) -> str | None:
    value = event.get(name)
    return None if value is None else str(value)


def shown(calendar: icalendar.Calendar, event: icalendar.Event, most: int) -> dict:
    start = event["DTSTART"].dt
    instance = event["RECURRENCE-ID"].dt if "RECURRENCE-ID" in event else None
    dates = None
    if instance is None and ("RRULE" in event or "RDATE" in event):
        try:
            dates = occurrences(calendar, text(event, "UID"), most) if most else []
        except Exception as error:
            dates = f"{type(error).__name__}: {error}"
    return {
        "uid": text(event, "UID"),
        "instance": moment(instance),
        "start": moment(start),
        "end": moment(end_of(event)),
        "occurrences": dates,
    }


def read(text_of_calendar: str, most: int) -> dict:
    # It remembers a VTIMEZONE by its TZID and reads the next calendar by the one before; this makes it forget.
    icalendar.use_zoneinfo()
    events = []
    for calendar in icalendar.Calendar.from_ical(text_of_calendar, multiple=True):
        for event in calendar.walk("VEVENT"):
            if "DTSTART" in event:
                try:
                    events.append(shown(calendar, event, most))
                except Exception as error:  # a reader that stumbles is what is looked for
                    why = f"{type(error).__name__}: {error}"
                    events.append({"uid": text(event, "UID"), "instance": None, "broken": why})
    return {"events": events}


def main() -> None:
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = read(asked["text"], asked["most"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
