//! VTIMEZONE from the IANA database (RFC 5545 section 3.6.5), for clients that do not know the zone by its name.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Dst, Offset, TimeZone},
};

use super::{
    content_line::{Lines, Value},
    recurrence::weekday_name,
};

/// How far beyond the event a yearly rule must hold to be written as one: long enough that "the last Sunday" and
/// "the fourth Sunday" differ.
const YEARS_OF_A_RULE: i64 = 12;

/// Onsets looked at at most: two a year for two centuries.
const MAX_ONSETS: usize = 400;

/// An onset: from here on another offset is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Onset {
    /// Wall clock time by the offset before.
    local: DateTime,
    before: Offset,
    after: Offset,
    is_daylight: bool,
    abbreviation: String,
}

impl Onset {
    /// Whether the other is of the same observance, so that it may stand there as its RDATE.
    fn is_like(&self, other: &Self) -> bool {
        let kind = |onset: &Self| (onset.before, onset.after, onset.is_daylight);
        kind(self) == kind(other) && self.abbreviation == other.abbreviation
    }

    fn is_by(&self, until: Timestamp) -> bool {
        self.before
            .to_timestamp(self.local)
            .is_ok_and(|at| at <= until)
    }
}

/// Writes the VTIMEZONE of an IANA zone so that it is right from `from` to `until` and, where the zone has a yearly
/// rule by then, ever after. False, and nothing written, when the zone is not known.
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
        .max(until)
        .checked_add(SignedDuration::from_hours(YEARS_OF_A_RULE * 366 * 24))
        .unwrap_or(Timestamp::MAX);
    let onsets = onsets(&zone, from, horizon);
    // What changes every year alike, from the first year it does so on; what was before is written one by one.
    let regular = (0..onsets.len())
        .take_while(|at| *at == 0 || onsets.get(*at).is_some_and(|onset| onset.is_by(until)))
        .find_map(|at| {
            Some((
                at,
                yearly_rule(&onsets, at, horizon)?,
                yearly_rule(&onsets, at + 1, horizon)?,
            ))
        });
    let single = match &regular {
        Some((at, _, _)) => onsets.get(..*at),
        None => None,
    };
    let single = single.unwrap_or(&onsets);
    lines.component("VTIMEZONE", |lines| {
        lines.property("TZID", &[], Value::Wire(iana));
        // The first is in force at `from`, the others matter as long as the event lasts.
        let mut left: Vec<&Onset> = single
            .iter()
            .enumerate()
            .filter(|(at, onset)| *at == 0 || onset.is_by(until))
            .map(|(_, onset)| onset)
            .collect();
        while let Some(first) = left.first().copied() {
            let (alike, others) = left.into_iter().partition(|onset| onset.is_like(first));
            let alike: Vec<&Onset> = alike;
            let dates: Vec<_> = alike
                .iter()
                .skip(1)
                .map(|onset| written(onset.local))
                .collect();
            write_observance(lines, first, None, &dates);
            left = others;
        }
        if let Some((at, first, second)) = &regular {
            for (onset, rule) in onsets.iter().skip(*at).zip([first, second]) {
                write_observance(lines, onset, Some(rule), &[]);
            }
        }
    });
    true
}

fn written(local: DateTime) -> String {
    local.strftime("%Y%m%dT%H%M%S").to_string()
}

/// The onset in force at `from` and those after it up to `horizon`; never empty.
fn onsets(zone: &TimeZone, from: Timestamp, horizon: Timestamp) -> Vec<Onset> {
    let in_force = last_transition(zone, from).map_or_else(
        || beginning_of_time(zone, from),
        |transition| onset(zone, transition),
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

/// The last transition at `from` or before. It is looked for forwards first: looking back, jiff 0.2 goes by the zone's
/// present rule into the year it began in, and names an instant at which nothing changed (Indiana/Winamac in March 2007).
fn last_transition(zone: &TimeZone, from: Timestamp) -> Option<Timestamp> {
    let just_after = from
        .checked_add(SignedDuration::from_secs(1))
        .unwrap_or(from);
    let two_years_before = from
        .checked_sub(SignedDuration::from_hours(2 * 366 * 24))
        .unwrap_or(Timestamp::MIN);
    zone.following(two_years_before)
        .map(|transition| transition.timestamp())
        .take_while(|at| *at <= from)
        .last()
        .or_else(|| {
            let before = zone.preceding(just_after).next()?;
            Some(before.timestamp())
        })
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
/// same time between the same offsets, up to `horizon`.
fn yearly_rule(onsets: &[Onset], first: usize, horizon: Timestamp) -> Option<String> {
    let last_year = if onsets.len() < MAX_ONSETS {
        TimeZone::UTC.to_datetime(horizon).year()
    } else {
        onsets.last()?.local.year()
    };
    let mut every_second = onsets.iter().skip(first).step_by(2);
    let model = every_second.next()?;
    let day = |onset: &Onset| i32::from(onset.local.day());
    let is_last = |onset: &Onset| day(onset) + 7 > i32::from(onset.local.days_in_month());
    let week = |onset: &Onset| (day(onset) - 1) / 7 + 1;
    let mut always_last = is_last(model);
    let mut always_same_week = true;
    let (mut earliest, mut latest) = (day(model), day(model));
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
        earliest = earliest.min(day(onset));
        latest = latest.max(day(onset));
    }
    let weekday = weekday_name(model.local.weekday());
    // A zone that gave up its summer time has no rule for ever after.
    let goes_on = year >= last_year - 1;
    if !goes_on || years < YEARS_OF_A_RULE - 2 {
        return None;
    }
    let days = match (always_last, always_same_week) {
        (true, _) => format!("BYDAY=-1{weekday}"),
        (false, true) => format!("BYDAY={}{weekday}", week(model)),
        // The Friday before the last Sunday, the first Sunday after the 1st: one of seven days of the month.
        (false, false) if latest - earliest == 6 => {
            let days: Vec<_> = (earliest..=latest).map(|day| day.to_string()).collect();
            format!("BYDAY={weekday};BYMONTHDAY={}", days.join(","))
        }
        (false, false) => return None,
    };
    let month = model.local.month();
    // As most clients write it, the month first.
    Some(format!("FREQ=YEARLY;BYMONTH={month};{days}"))
}

fn write_observance(lines: &mut Lines, onset: &Onset, rule: Option<&str>, dates: &[String]) {
    let name = if onset.is_daylight {
        "DAYLIGHT"
    } else {
        "STANDARD"
    };
    lines.component(name, |lines| {
        lines.property("DTSTART", &[], Value::Wire(&written(onset.local)));
        lines.property("TZOFFSETFROM", &[], Value::Wire(&utc_offset(onset.before)));
        lines.property("TZOFFSETTO", &[], Value::Wire(&utc_offset(onset.after)));
        lines.property("TZNAME", &[], Value::Text(&onset.abbreviation));
        if let Some(rule) = rule {
            lines.property("RRULE", &[], Value::Wire(rule));
        }
        if !dates.is_empty() {
            lines.property("RDATE", &[], Value::Wire(&dates.join(",")));
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
mod tests;
