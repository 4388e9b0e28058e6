"""libical 3, called through ctypes. Asked and answering line by line, as python_icalendar.py says.

The library expands RRULE, RDATE and EXDATE; overridden instances it leaves to its callers, so that is done here.
"""

import ctypes
import datetime as dt
import json
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path


class Time(Structure):
    """`struct icaltimetype` of libical 3.0."""

    _fields_ = (
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    )


class Span(Structure):
    """`struct icaltime_span`."""

    _fields_ = (("start", c_int64), ("end", c_int64), ("is_busy", c_int))


CALLBACK = CFUNCTYPE(None, c_void_p, POINTER(Span), c_void_p)
# How far ahead is looked for the occurrences asked for, in days, one after the other.
HORIZONS_DAYS = (2, 30, 400, 4_000, 40_000, 100_000)


def load(libraries: list[str]) -> ctypes.CDLL:
    """The last one is libical; those before are what it needs."""
    for path in libraries[:-1]:
        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    ical = ctypes.CDLL(libraries[-1])
    for name, result, *arguments in (
        ("icalparser_parse_string", c_void_p, c_char_p),
        ("icalcomponent_string_to_kind", c_int, c_char_p),
        ("icalcomponent_isa", c_int, c_void_p),
        ("icalcomponent_get_first_component", c_void_p, c_void_p, c_int),
        ("icalcomponent_get_next_component", c_void_p, c_void_p, c_int),
        ("icalcomponent_get_uid", c_char_p, c_void_p),
        ("icalcomponent_get_dtstart", Time, c_void_p),
        ("icalcomponent_get_dtend", Time, c_void_p),
        ("icalproperty_get_datetime_with_component", Time, c_void_p, c_void_p),
        ("icalproperty_string_to_kind", c_int, c_char_p),
        ("icalcomponent_get_first_property", c_void_p, c_void_p, c_int),
        ("icalcomponent_foreach_recurrence", None, c_void_p, Time, Time, CALLBACK, c_void_p),
        ("icaltime_is_null_time", c_int, Time),
        ("icaltime_is_utc", c_int, Time),
        ("icaltime_as_timet", c_int64, Time),
        ("icaltime_as_timet_with_zone", c_int64, Time, c_void_p),
        ("icaltime_from_timet_with_zone", Time, c_int64, c_int, c_void_p),
        ("icalcomponent_free", None, c_void_p),
    ):
        function = getattr(ical, name)
        function.restype, function.argtypes = result, arguments
    return ical


class Reader:
    def __init__(self, ical: ctypes.CDLL) -> None:
        self.ical = ical
        kind = ical.icalcomponent_string_to_kind
        self.calendar, self.event, self.several = kind(b"VCALENDAR"), kind(b"VEVENT"), kind(b"XROOT")
        self.properties = {
            name: ical.icalproperty_string_to_kind(name.encode()) for name in ("RRULE", "RDATE", "RECURRENCE-ID")
        }

    def read(self, text: str, most: int) -> dict:
        root = self.ical.icalparser_parse_string(text.encode().replace(b"\0", b""))
        if not root:
            return {"error": "not parsed"}
        try:
            calendars = (
                [root] if self.ical.icalcomponent_isa(root) == self.calendar else self.children(root, "calendar")
            )
            return {"events": [event for calendar in calendars for event in self.events(calendar, most)]}
        finally:
            self.ical.icalcomponent_free(root)

    def children(self, component: int, kind: str) -> list[int]:
        wanted = getattr(self, kind)
        found, child = [], self.ical.icalcomponent_get_first_component(component, wanted)
        while child:
            found.append(child)
            child = self.ical.icalcomponent_get_next_component(component, wanted)
        return found

    def events(self, calendar: int, most: int) -> list[dict]:
        found = []
        for component in self.children(calendar, "event"):
            start = self.ical.icalcomponent_get_dtstart(component)
            if self.ical.icaltime_is_null_time(start):
                continue
            instance = self.instance(component)
            event = {
                "uid": (self.ical.icalcomponent_get_uid(component) or b"").decode(errors="replace") or None,
                "instance": instance,
                "start": self.moment(start),
                "end": self.moment(self.ical.icalcomponent_get_dtend(component)),
                "occurrences": None,
            }
            if not instance and (self.property(component, "RRULE") or self.property(component, "RDATE")):
                event["occurrences"] = self.occurrences(component, start, most) if most else []
            found.append(event)
        for master in found:
            if master["occurrences"]:
                overrides = [one for one in found if one["instance"] and one["uid"] == master["uid"]]
                replaced = {one["instance"]["at"] for one in overrides}
                kept = [one for one in master["occurrences"] if one["at"] not in replaced]
                dates = kept + [one["start"] for one in overrides]
                master["occurrences"] = sorted(dates, key=lambda one: one["at"])[:most]
        return found

    def property(self, component: int, name: str) -> int | None:
        return self.ical.icalcomponent_get_first_property(component, self.properties[name])

    def instance(self, component: int) -> dict | None:
        """RECURRENCE-ID in its zone."""
        found = self.property(component, "RECURRENCE-ID")
        return self.moment(self.ical.icalproperty_get_datetime_with_component(found, component)) if found else None

    def occurrences(self, component: int, start: Time, most: int) -> list[dict]:
        zone = start.zone
        first = self.ical.icaltime_as_timet_with_zone(start, zone)
        since = self.ical.icaltime_from_timet_with_zone(first - 86_400, 0, None)
        for days in HORIZONS_DAYS:
            spans: list[int] = []
            until = self.ical.icaltime_from_timet_with_zone(first + days * 86_400, 0, None)
            collect = CALLBACK(lambda _component, span, _data, spans=spans: spans.append(span.contents.start))
            self.ical.icalcomponent_foreach_recurrence(component, since, until, collect, None)
            # Those that a limit hides could be excluded or overridden; some more than asked for are enough.
            if len(spans) >= 2 * most:
                break
        return [self.at(second, start) for second in sorted(spans)[: 2 * most]]

    def at(self, second: int, like: Time) -> dict:
        """A second counted by the library, as the kind of time the series begins with."""
        utc = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
        if like.is_date:
            return {"kind": "day", "at": utc.strftime("%Y-%m-%d"), "offset": None}
        if not like.zone and not self.ical.icaltime_is_utc(like):
            return {"kind": "floating", "at": utc.strftime("%Y-%m-%dT%H:%M:%S"), "offset": None}
        return {"kind": "instant", "at": utc.strftime("%Y-%m-%dT%H:%M:%SZ"), "offset": None}

    def moment(self, time: Time) -> dict | None:
        if self.ical.icaltime_is_null_time(time):
            return None
        second = self.ical.icaltime_as_timet_with_zone(time, time.zone)
        found = self.at(second, time)
        if found["kind"] == "instant":
            found["offset"] = self.ical.icaltime_as_timet(time) - second
        return found


def main() -> None:
    reader = Reader(load([str(Path(name)) for name in sys.argv[1:]]))
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(reader.read(asked["text"], asked["most"])), flush=True)


if __name__ == "__main__":
    main()
