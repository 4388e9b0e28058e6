"""The kinds of differences between readers: which one it is, and who is right.

A difference is of the first kind that fits. What fits none is unexplained, and makes the comparison fail.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from readers.ask import BREAKS_DOWN, TOO_LONG
from readers.compare import Difference


@dataclass(frozen=True)
class Kind:
    """`even_of_ours`: a fault of the library that our own letters run into, and are right nevertheless."""

    name: str
    why: str
    even_of_ours: bool = False


UNEXPLAINED = Kind("unexplained", "Nobody has looked at it yet.")


def of(difference: Difference) -> Kind:
    return next((kind for kind, fits in KINDS if fits(difference)), UNEXPLAINED)


def sort(differences: Iterable[Difference]) -> dict[Kind, list[Difference]]:
    """By kind, in the order of the kinds; what is unexplained comes last."""
    by_kind: dict[Kind, list[Difference]] = {kind: [] for kind, _ in KINDS}
    by_kind[UNEXPLAINED] = []
    for difference in differences:
        by_kind[of(difference)].append(difference)
    return {kind: found for kind, found in by_kind.items() if found}


def written(difference: Difference, name: str) -> str:
    """The first such line of the event in question, by its UID; unfolding is not needed for what is asked of it."""
    uid = difference.event["uid"] or ""
    for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", difference.text, re.DOTALL | re.IGNORECASE):
        if uid in event and (found := re.search(rf"^{name}[;:].*$", event, re.MULTILINE | re.IGNORECASE)):
            return found[0].strip()
    return ""


def _are(difference: Difference, ours: str, theirs: str) -> bool:
    """The kinds of two times; `none` is none."""
    kinds = ["none" if value is None else str(value).split(" ", 1)[0] for value in (difference.ours, difference.theirs)]
    return kinds == [ours, theirs]


def _not_read(difference: Difference) -> bool:
    return difference.field == "event"


def _breaks(difference: Difference) -> bool:
    return _not_read(difference) and difference.theirs in (TOO_LONG, BREAKS_DOWN)


def _refused(difference: Difference) -> bool:
    return _not_read(difference) and difference.theirs != "not among its events"


def _missing(difference: Difference) -> bool:
    return _not_read(difference)


def _no_database(difference: Difference) -> bool:
    return _are(difference, "instant", "no-zone")


def _nobody_knows_the_zone(difference: Difference) -> bool:
    return _are(difference, "floating", "no-zone")


def _end_without_zone(difference: Difference) -> bool:
    end = written(difference, "DTEND")
    return difference.field == "end" and _are(difference, "instant", "floating") and bool(end) and "TZID" not in end


def _vendors_zone(difference: Difference) -> bool:
    return _are(difference, "instant", "floating") and bool(difference.event["tzid"])


def _day_with_a_time(difference: Difference) -> bool:
    line = written(difference, "DTSTART" if difference.field == "start" else "DTEND") or written(difference, "DTSTART")
    return difference.field in ("start", "end") and re.search(r"VALUE=DATE[;:]", line, re.IGNORECASE) is not None


def _definition_says_nothing(difference: Difference) -> bool:
    return (
        difference.field in ("start", "end") and _are(difference, "instant", "instant") and _has_definition(difference)
    )


def _has_definition(difference: Difference) -> bool:
    return "BEGIN:VTIMEZONE" in difference.text.upper()


def _end_and_duration(difference: Difference) -> bool:
    both = written(difference, "DTEND") and written(difference, "DURATION")
    return difference.field == "end" and bool(both)


def _broken_end(difference: Difference) -> bool:
    return difference.field == "end" and difference.ours is None


def _backward_duration(difference: Difference) -> bool:
    return difference.field == "end" and bool(written(difference, "DURATION"))


def _end_of_an_instance(difference: Difference) -> bool:
    return difference.field == "end" and difference.theirs is None and difference.event["instance"] is not None


def _dates_not_given(difference: Difference) -> bool:
    return difference.field == "occurrences" and not isinstance(difference.theirs, list)


def _dates_of_other_kinds(difference: Difference) -> bool:
    """The same dates on other clocks: DTSTART differs for a reason of its own."""
    if difference.field != "occurrences" or not isinstance(difference.theirs, list):
        return False
    kinds = [{str(one).split(" ", 1)[0] for one in dates} for dates in (difference.ours, difference.theirs)]
    return bool(kinds[1]) and kinds[0] != kinds[1]


def _dates(difference: Difference) -> tuple[set[str], set[str]] | None:
    """Those that only we have, and those that only the library has."""
    if difference.field != "occurrences" or not isinstance(difference.theirs, list):
        return None
    return set(difference.ours) - set(difference.theirs), set(difference.theirs) - set(difference.ours)


def _recurrence(difference: Difference, pattern: str) -> bool:
    lines = difference.event["recurrence"]
    return difference.field == "occurrences" and any(re.search(pattern, line) for line in lines)


def _start_off_the_rule(difference: Difference) -> bool:
    """Only DTSTART is missing; behind it the library may be one further in the rule, or count one more."""
    dates = _dates(difference)
    if dates is None or not _recurrence(difference, "^RRULE"):
        return False
    start = difference.event["start"]
    only_ours, only_theirs = dates
    counts_one_more = not only_ours and len(only_theirs) == 1 and _recurrence(difference, "COUNT=")
    return counts_one_more or (only_ours <= {f"{start['kind']} {start['at']}"} and len(only_theirs) <= 1)


def _excluded_without_zone(difference: Difference) -> bool:
    zoned = bool(difference.event["tzid"])
    return zoned and _recurrence(difference, r"^EXDATE:[0-9T,]+$")


def _periods(difference: Difference) -> bool:
    return _recurrence(difference, "^RDATE.*VALUE=PERIOD")


def _dates_in_a_zone(difference: Difference) -> bool:
    return difference.reader == "libical" and _recurrence(difference, "^RDATE;.*TZID=")


def _further_dates(difference: Difference) -> bool:
    return _recurrence(difference, "^RDATE")


def _overridden(difference: Difference) -> bool:
    uid = re.escape(difference.event["uid"] or "")
    has_instances = re.search(r"^RECURRENCE-ID[;:]", difference.text, re.MULTILINE) is not None
    several = len(re.findall(rf"^UID:{uid}", difference.text, re.MULTILINE)) > 1
    return difference.field == "occurrences" and (has_instances or several)


def _without_uid(difference: Difference) -> bool:
    return difference.field == "occurrences" and not difference.event["uid"]


def _until_without_zone(difference: Difference) -> bool:
    return _recurrence(difference, "UNTIL=[0-9]{8}(T[0-9]{6})?(;|$)")


def _excluded(difference: Difference) -> bool:
    return _recurrence(difference, "^EXDATE")


def _nothing_given(difference: Difference) -> bool:
    return difference.field == "occurrences" and difference.theirs == []


def _yearly_parts(difference: Difference) -> bool:
    without_month = _recurrence(difference, "FREQ=YEARLY") and not _recurrence(difference, "BYMONTH=")
    parts = without_month and _recurrence(difference, r"BYMONTHDAY=|BYDAY=[^;]*[0-9]|BYWEEKNO=")
    return parts or _recurrence(difference, "FREQ=YEARLY.*BYHOUR=")


def _definition_of_some_years(difference: Difference) -> bool:
    return difference.field == "occurrences" and _has_definition(difference) and bool(difference.event["tzid"])


def _end_without_seconds(difference: Difference) -> bool:
    return difference.field == "end" and re.search(r":[0-9]{8}T[0-9]{4}Z?\s", difference.text) is not None


def _several_of_one_uid(difference: Difference) -> bool:
    several = len(re.findall(rf"^UID:{re.escape(difference.event['uid'] or '')}", difference.text, re.MULTILINE)) > 1
    return difference.reader == "icalendar" and difference.field == "occurrences" and several


def _day_with_a_zone(difference: Difference) -> bool:
    return difference.field in ("start", "end") and _are(difference, "day", "instant")


KINDS: list[tuple[Kind, Callable[[Difference], bool]]] = [
    (
        Kind(
            "the library breaks down, or needs more than 10 s",
            "We: the input is made for it, or its series is searched without a limit. We answer in milliseconds.",
        ),
        _breaks,
    ),
    (
        Kind(
            "a line cannot be read, and the library refuses the event or the whole calendar for it",
            "Both: RFC 5545 lets a reader reject what is invalid. A client that sent one bad line still meant its"
            " event, so we leave out that line and name it in `problems`.",
        ),
        _refused,
    ),
    (
        Kind(
            "the library leaves out the event",
            "We: it stands outside of VCALENDAR or behind an END that is missing, its DTSTART is written twice or"
            " cannot be read by the library, or the library names the instance otherwise.",
        ),
        _missing,
    ),
    (
        Kind(
            "TZID of a zone that the calendar does not define",
            "We: the name is in the IANA database, or a vendor's for one that is. RFC 5545 section 3.2.19 wants a"
            " VTIMEZONE; clients leave it out, and mean that zone. ical.js has no database.",
        ),
        _no_database,
    ),
    (
        Kind(
            "TZID that nobody knows",
            "Agreed: nothing defines it. We read a floating time and say `unknown-time-zone`; it is refused.",
        ),
        _nobody_knows_the_zone,
    ),
    (
        Kind(
            "DTEND without the TZID that DTSTART has",
            "We: RFC 5545 section 3.8.2.2 wants both of one kind, so the client forgot it (`end-without-zone`). The"
            " others give out an end that floats behind a start that does not.",
        ),
        _end_without_zone,
    ),
    (
        Kind(
            "a vendor's name of a zone",
            "We: Windows', Exchange's, Lotus' and Outlook's own names are resolved by CLDR's and our tables; others"
            " read the time as floating, which is another time for everybody elsewhere.",
        ),
        _vendors_zone,
    ),
    (
        Kind(
            "VALUE=DATE with a time",
            "Nobody: RFC 5545 section 3.3.4 allows no time there. Midnight is how clients fill it up, so we read a"
            " day; any other time is meant as one, and we keep it.",
        ),
        _day_with_a_time,
    ),
    (
        Kind(
            "DTEND and DURATION in one event",
            "Nobody: RFC 5545 section 3.6.1 forbids both. We go by DTEND, which is an absolute time; libical gives"
            " out no end.",
        ),
        _end_and_duration,
    ),
    (
        Kind(
            "a DTEND that cannot be read",
            "We: `199706211T173000Z` is no time. We name it and have no end; the others guess digits.",
        ),
        _broken_end,
    ),
    (
        Kind(
            "a DURATION that is none",
            "We: `-PT1W1D2H3M4S` is not of RFC 5545 section 3.3.6's grammar. It is named and refused.",
        ),
        _backward_duration,
    ),
    (
        Kind(
            "the end of an instance in another kind of time than its series",
            "We: the VEVENT with RECURRENCE-ID stands for itself, DTEND included; libical gives out none.",
        ),
        _end_of_an_instance,
    ),
    (
        Kind(
            "a VTIMEZONE that says nothing, or nonsense, of that time",
            "We, by meaning: its observances begin after the event, or it is a stub with one offset under the name of"
            " a zone that has two. RFC 5545 section 3.6.5 leaves the time before the first onset open; ical.js takes"
            " offset 0 or the last one, libical the first. We take the IANA zone of that name.",
        ),
        _definition_says_nothing,
    ),
    (
        Kind(
            "the library gives no dates of the series",
            "We: ical.js ends at a PERIOD of RDATE (`convertToZone is not a function`) and at rules it takes for"
            " invalid, icalendar at a broken property beside them or after 10 s, libical at a rule it cannot read.",
        ),
        _dates_not_given,
    ),
    (
        Kind(
            "the dates are of another kind, as DTSTART is",
            "As for DTSTART of these events: each is counted there, too.",
        ),
        _dates_of_other_kinds,
    ),
    (
        Kind(
            "a date without VALUE=DATE",
            "We, with ical.js and libical: eight digits are a day, with or without the parameter; icalendar makes it"
            " midnight in the TZID that stands there.",
        ),
        _day_with_a_zone,
    ),
    (
        Kind(
            "DTSTART that its own RRULE does not give",
            "We: RFC 5545 section 3.8.5.3 makes DTSTART the first instance and counts it, and calls the rest"
            " undefined. ical.js and libical begin with the rule; icalendar adds DTSTART without counting it.",
        ),
        _start_off_the_rule,
    ),
    (
        Kind(
            "several VEVENTs of one UID",
            "Nobody: a UID is one event's (RFC 5545 section 3.8.4.7), and its instances have a RECURRENCE-ID."
            " recurring-ical-events takes all of them for one series; we give out each as it stands.",
        ),
        _several_of_one_uid,
    ),
    (
        Kind(
            "RDATE with PERIODs",
            "We: a PERIOD names an instance by its start (RFC 5545 section 3.8.5.2). libical leaves them out;"
            " icalendar takes days for periods, which we name and leave out.",
        ),
        _periods,
    ),
    (
        Kind(
            "EXDATE without the TZID that DTSTART has",
            "We, with icalendar and libical: RFC 5545 section 3.8.5.1 wants it to match a start, so the clock is that"
            " of DTSTART. ical.js compares a floating time with one that is not, and excludes nothing.",
        ),
        _excluded_without_zone,
    ),
    (
        Kind(
            "RDATE in a zone",
            "We, with icalendar and ical.js: RDATE goes by its own TZID (RFC 5545 section 3.8.5.2). The expansion of"
            " libical 3.0 does not look at it, so across a change of the clock its dates are an hour off, or all are"
            " UTC's. Our letters have such RDATEs, too: in UTC libical would read them, but they would no longer keep"
            " their wall clock time when a government changes its clocks, as the rest of the series does.",
            even_of_ours=True,
        ),
        _dates_in_a_zone,
    ),
    (
        Kind(
            "RDATE without RRULE",
            "We: DTSTART is an instance, too (RFC 5545 section 3.8.5.2). ical.js leaves it out, or all but it.",
        ),
        _further_dates,
    ),
    (
        Kind(
            "several VEVENTs without UID",
            "We: each is an event of its own. UID is required (RFC 5545 section 3.8.4.7); recurring-ical-events takes"
            " all that have none for one series.",
        ),
        _without_uid,
    ),
    (
        Kind(
            "overrides that are told twice, or by another kind of time than the series",
            "Nobody: RFC 5545 section 3.8.4.4 wants RECURRENCE-ID to be of DTSTART's kind. We match them by what the"
            " time means, and of two for one instance take the later in the file.",
        ),
        _overridden,
    ),
    (
        Kind(
            "UNTIL that is not in UTC",
            "We: RFC 5545 section 3.3.10 wants UTC where DTSTART has a zone; what is written without it is meant by"
            " the clock of DTSTART. icalendar compares it as UTC.",
        ),
        _until_without_zone,
    ),
    (
        Kind(
            "EXDATE by another clock than DTSTART's",
            "We: an instance is excluded by the instant it starts at, whatever zone names it.",
        ),
        _excluded,
    ),
    (
        Kind(
            "parts of a yearly rule",
            "We, by the table in RFC 5545 section 3.3.10: BYMONTHDAY without BYMONTH means each month, `20MO` the"
            " 20th Monday of the year, BYWEEKNO alone that week's day of DTSTART, each BYHOUR is one. ical.js and"
            " libical expand these otherwise; recurring-ical-events takes all days of a BYWEEKNO.",
        ),
        _yearly_parts,
    ),
    (
        Kind(
            "an empty series",
            "We: DTSTART is its first instance. The library gives out none, since another VEVENT of the same UID takes"
            " its place or its DTSTART stands there twice.",
        ),
        _nothing_given,
    ),
    (
        Kind(
            "a VTIMEZONE of some years for a longer series",
            "We, by meaning, with icalendar: two years of a zone written out as dates mean that zone in the third, too."
            " By RFC 5545 section 3.6.5 to the letter the last onset stays in force: summer time in winter.",
        ),
        _definition_of_some_years,
    ),
    (
        Kind(
            "a time without seconds",
            "Nobody: RFC 5545 section 3.3.12 wants six digits. `T1300Z` leaves no doubt, so we read it; libical falls"
            " back to the start.",
        ),
        _end_without_seconds,
    ),
]
