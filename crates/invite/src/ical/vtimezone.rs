//! VTIMEZONE from the IANA database (RFC 5545 section 3.6.5), for clients that do not know the zone by its name.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Dst, Offset, TimeZone},
};

use super::content_line::{Lines, Value};

/// How far beyond the event a yearly rule must hold to be written as one: long enough that "the last Sunday" and
/// "the fourth Sunday" differ.
const YEARS_OF_A_RULE: i64 = 12;

/// Onsets written one by one at most; zones that need them change twice a year, and no event lasts 100 years.
const MAX_ONSETS: usize = 200;

/// An onset: from here on another offset is in force.
struct Onset {
    /// Wall clock time by the offset before.
    local: DateTime,
    before: Offset,
    after: Offset,
    is_daylight: bool,
    abbreviation: String,
}

/// Writes the VTIMEZONE of an IANA zone so that it is right from `from` to `until` and, where the zone has a yearly
/// rule, ever after. False, and nothing written, when the zone is not known.
pub(crate) fn write_vtimezone(
    lines: &mut Lines,
    iana: &str,
    from: Timestamp,
    until: Timestamp,
) -> bool {
    let Ok(zone) = TimeZone::get(iana) else {
        return false;
    };
    let horizon = from
        .checked_add(SignedDuration::from_hours(YEARS_OF_A_RULE * 366 * 24))
        .unwrap_or(Timestamp::MAX)
        .max(until);
    let onsets = onsets(&zone, from, horizon);
    lines.component("VTIMEZONE", |lines| {
        lines.property("TZID", &[], Value::Wire(iana));
        match onsets.as_slice() {
            [first, second, rest @ ..] => {
                let rules = yearly_rule(&onsets, 0).zip(yearly_rule(&onsets, 1));
                if let Some((first_rule, second_rule)) = rules {
                    write_observance(lines, first, Some(&first_rule));
                    write_observance(lines, second, Some(&second_rule));
                } else {
                    let within_span = |onset: &&Onset| {
                        onset
                            .before
                            .to_timestamp(onset.local)
                            .is_ok_and(|at| at <= until)
                    };
                    write_observance(lines, first, None);
                    for onset in std::iter::once(second).chain(rest).filter(within_span) {
                        write_observance(lines, onset, None);
                    }
                }
            }
            [only] => write_observance(lines, only, None),
            [] => {}
        }
    });
    true
}

/// The onset in force at `from` and those after it up to `horizon`; never empty.
fn onsets(zone: &TimeZone, from: Timestamp, horizon: Timestamp) -> Vec<Onset> {
    let just_after = from
        .checked_add(SignedDuration::from_secs(1))
        .unwrap_or(from);
    let in_force = zone.preceding(just_after).next().map_or_else(
        || beginning_of_time(zone, from),
        |transition| onset(zone, transition.timestamp()),
    );
    let later = zone
        .following(from)
        .map(|transition| transition.timestamp())
        .take_while(|at| *at <= horizon)
        .map(|at| onset(zone, at));
    std::iter::once(in_force)
        .chain(later)
        // A zone may change its name alone.
        .enumerate()
        .filter(|(position, onset)| *position == 0 || onset.before != onset.after)
        .map(|(_, onset)| onset)
        .take(MAX_ONSETS)
        .collect()
}

fn onset(zone: &TimeZone, at: Timestamp) -> Onset {
    let second_before = at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at);
    let before = zone.to_offset(second_before);
    let info = zone.to_offset_info(at);
    Onset {
        local: before.to_datetime(at),
        before,
        after: info.offset(),
        is_daylight: info.dst() == Dst::Yes,
        abbreviation: info.abbreviation().to_owned(),
    }
}

/// The observance of a zone that has had no transition yet: from the year 1601, as Windows counts.
fn beginning_of_time(zone: &TimeZone, from: Timestamp) -> Onset {
    let info = zone.to_offset_info(from);
    let year_1601 = DateTime::constant(1601, 1, 1, 0, 0, 0, 0);
    Onset {
        local: year_1601.min(info.offset().to_datetime(from)),
        before: info.offset(),
        after: info.offset(),
        is_daylight: info.dst() == Dst::Yes,
        abbreviation: info.abbreviation().to_owned(),
    }
}

/// The RRULE of every second onset from `first`, if they come once a year on the same weekday of a month and at the
/// same time between the same offsets.
fn yearly_rule(onsets: &[Onset], first: usize) -> Option<String> {
    let mut every_second = onsets.iter().skip(first).step_by(2);
    let model = every_second.next()?;
    let day = |onset: &Onset| i32::from(onset.local.day());
    let is_last = |onset: &Onset| day(onset) + 7 > i32::from(onset.local.days_in_month());
    let week = |onset: &Onset| (day(onset) - 1) / 7 + 1;
    let mut always_last = is_last(model);
    let mut always_same_week = true;
    let mut year = model.local.year();
    let mut years = 1;
    for onset in every_second {
        year += 1;
        years += 1;
        let same = onset.local.year() == year
            && onset.local.month() == model.local.month()
            && onset.local.weekday() == model.local.weekday()
            && onset.local.time() == model.local.time()
            && (onset.before, onset.after) == (model.before, model.after);
        if !same {
            return None;
        }
        always_last &= is_last(onset);
        always_same_week &= week(onset) == week(model);
    }
    let week = match (always_last, always_same_week) {
        (true, _) => -1,
        (false, true) => week(model),
        (false, false) => return None,
    };
    let weekday = match model.local.weekday() {
        jiff::civil::Weekday::Monday => "MO",
        jiff::civil::Weekday::Tuesday => "TU",
        jiff::civil::Weekday::Wednesday => "WE",
        jiff::civil::Weekday::Thursday => "TH",
        jiff::civil::Weekday::Friday => "FR",
        jiff::civil::Weekday::Saturday => "SA",
        jiff::civil::Weekday::Sunday => "SU",
    };
    (years >= YEARS_OF_A_RULE - 2).then(|| {
        let month = model.local.month();
        format!("FREQ=YEARLY;BYMONTH={month};BYDAY={week}{weekday}")
    })
}

fn write_observance(lines: &mut Lines, onset: &Onset, rule: Option<&str>) {
    let name = if onset.is_daylight {
        "DAYLIGHT"
    } else {
        "STANDARD"
    };
    lines.component(name, |lines| {
        let local = onset.local.strftime("%Y%m%dT%H%M%S").to_string();
        lines.property("DTSTART", &[], Value::Wire(&local));
        lines.property("TZOFFSETFROM", &[], Value::Wire(&utc_offset(onset.before)));
        lines.property("TZOFFSETTO", &[], Value::Wire(&utc_offset(onset.after)));
        lines.property("TZNAME", &[], Value::Text(&onset.abbreviation));
        if let Some(rule) = rule {
            lines.property("RRULE", &[], Value::Wire(rule));
        }
    });
}

/// `+0100`, with seconds only where there are some (RFC 5545 section 3.3.14).
pub(super) fn utc_offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(iana: &str, from: &str, until: &str, expected: &Expect) {
        let mut lines = Lines::default();
        assert!(write_vtimezone(
            &mut lines,
            iana,
            from.parse().unwrap(),
            until.parse().unwrap()
        ));
        let text = String::from_utf8(lines.into_bytes()).unwrap();
        expected.assert_eq(&text.replace("\r\n", "\n"));
    }

    #[test]
    fn a_zone_with_summer_time_is_two_yearly_rules_the_first_in_force_at_the_event() {
        check(
            "Europe/Berlin",
            "2026-03-03T09:00:00Z",
            "2026-03-03T10:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:Europe/Berlin
                BEGIN:STANDARD
                DTSTART:20251026T030000
                TZOFFSETFROM:+0200
                TZOFFSETTO:+0100
                TZNAME:CET
                RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
                END:STANDARD
                BEGIN:DAYLIGHT
                DTSTART:20260329T020000
                TZOFFSETFROM:+0100
                TZOFFSETTO:+0200
                TZNAME:CEST
                RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
                END:DAYLIGHT
                END:VTIMEZONE
            "#]],
        );
    }

    #[test]
    fn the_southern_half_has_its_summer_time_over_new_year() {
        check(
            "America/New_York",
            "2026-07-01T12:00:00Z",
            "2026-07-01T13:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:America/New_York
                BEGIN:DAYLIGHT
                DTSTART:20260308T020000
                TZOFFSETFROM:-0500
                TZOFFSETTO:-0400
                TZNAME:EDT
                RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
                END:DAYLIGHT
                BEGIN:STANDARD
                DTSTART:20261101T020000
                TZOFFSETFROM:-0400
                TZOFFSETTO:-0500
                TZNAME:EST
                RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
                END:STANDARD
                END:VTIMEZONE
            "#]],
        );
        check(
            "Australia/Sydney",
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:Australia/Sydney
                BEGIN:DAYLIGHT
                DTSTART:20251005T020000
                TZOFFSETFROM:+1000
                TZOFFSETTO:+1100
                TZNAME:AEDT
                RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
                END:DAYLIGHT
                BEGIN:STANDARD
                DTSTART:20260405T030000
                TZOFFSETFROM:+1100
                TZOFFSETTO:+1000
                TZNAME:AEST
                RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
                END:STANDARD
                END:VTIMEZONE
            "#]],
        );
    }

    #[test]
    fn a_zone_without_changes_is_one_observance() {
        check(
            "Asia/Kolkata",
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:Asia/Kolkata
                BEGIN:STANDARD
                DTSTART:19451015T000000
                TZOFFSETFROM:+0630
                TZOFFSETTO:+0530
                TZNAME:IST
                END:STANDARD
                END:VTIMEZONE
            "#]],
        );
        check(
            "Etc/UTC",
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:Etc/UTC
                BEGIN:STANDARD
                DTSTART:16010101T000000
                TZOFFSETFROM:+0000
                TZOFFSETTO:+0000
                TZNAME:UTC
                END:STANDARD
                END:VTIMEZONE
            "#]],
        );
    }

    #[test]
    fn a_zone_without_a_yearly_rule_is_written_onset_by_onset_over_the_event() {
        check(
            "Africa/Casablanca",
            "2026-01-10T00:00:00Z",
            "2026-06-01T00:00:00Z",
            &expect![[r#"
                BEGIN:VTIMEZONE
                TZID:Africa/Casablanca
                BEGIN:DAYLIGHT
                DTSTART:20250406T020000
                TZOFFSETFROM:+0000
                TZOFFSETTO:+0100
                TZNAME:+01
                END:DAYLIGHT
                BEGIN:STANDARD
                DTSTART:20260215T030000
                TZOFFSETFROM:+0100
                TZOFFSETTO:+0000
                TZNAME:+00
                END:STANDARD
                BEGIN:DAYLIGHT
                DTSTART:20260322T020000
                TZOFFSETFROM:+0000
                TZOFFSETTO:+0100
                TZNAME:+01
                END:DAYLIGHT
                END:VTIMEZONE
            "#]],
        );
    }

    #[test]
    fn an_unknown_zone_writes_nothing() {
        let mut lines = Lines::default();
        assert!(!write_vtimezone(
            &mut lines,
            "Mars/Olympus",
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH
        ));
        assert!(lines.into_bytes().is_empty());
    }
}
