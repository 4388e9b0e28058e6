//! VTIMEZONE (RFC 5545 section 3.6.5).

use jiff::{civil, tz};

use super::{at, component::Component};
use crate::{
    ical::{
        date::{self, Written},
        zone::{Definition, Observance, Rule},
    },
    mail::Problem,
};

/// Most observances and RDATEs of one zone that are looked at: the history of a real one has some hundred.
const MAX_ONSETS: usize = 1_000;

/// `None` without a TZID, because then nothing can name it.
pub(super) fn read(component: &Component, problems: &mut Vec<Problem>) -> Option<Definition> {
    let text = |name: &str| component.first(name).map(|(_, line)| line.text());
    let definition = Definition {
        tzid: text("TZID")?,
        location: text("X-LIC-LOCATION"),
        cdo: text("X-MICROSOFT-CDO-TZID"),
        observances: component
            .children
            .iter()
            .filter(|child| matches!(child.name.as_str(), "STANDARD" | "DAYLIGHT"))
            .take(MAX_ONSETS)
            .filter_map(|child| observance(child, problems))
            .collect(),
    };
    Some(definition)
}

fn observance(component: &Component, problems: &mut Vec<Problem>) -> Option<Observance> {
    let number = component.lines.first().map_or(0, |(number, _)| *number);
    let read = (|| {
        let value = |name: &str| component.first(name).map(|(_, line)| line.value.as_str());
        let to = offset(value("TZOFFSETTO")?)?;
        let from = value("TZOFFSETFROM").and_then(offset).unwrap_or(to);
        let start = local(value("DTSTART")?)?;
        let rule = match value("RRULE") {
            Some(text) => Some(Rule::parse(text, from)?),
            None => None,
        };
        let dates = component
            .lines
            .iter()
            .filter(|(_, line)| line.name == "RDATE")
            .flat_map(|(_, line)| line.value.split(','))
            .take(MAX_ONSETS)
            .filter_map(|value| local(value.split('/').next().unwrap_or_default()))
            .collect();
        Some(Observance {
            is_daylight: component.name == "DAYLIGHT",
            name: component
                .first("TZNAME")
                .map(|(_, line)| line.text())
                .filter(|name| !name.is_empty()),
            from,
            to,
            start,
            dates,
            rule,
        })
    })();
    if read.is_none() {
        problems.push(Problem::new(
            "invalid-time-zone-rule",
            format!(
                "a {} of a VTIMEZONE was left out {}",
                component.name,
                at(number)
            ),
        ));
    }
    read
}

fn local(text: &str) -> Option<civil::DateTime> {
    Some(match date::parse(text)? {
        Written::Date(date) => date.at(0, 0, 0, 0),
        Written::DateTime(local, _) => local,
    })
}

/// `+0100`, `-033000`.
fn offset(text: &str) -> Option<tz::Offset> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace(':', "");
    let number = |from: usize| digits.get(from..from + 2)?.parse::<i32>().ok();
    let (hours, minutes, seconds) = (number(0)?, number(2)?, number(4).unwrap_or(0));
    let is_offset = hours < 24 && minutes < 60 && seconds < 60;
    let seconds = sign * (hours * 3600 + minutes * 60 + seconds);
    is_offset
        .then(|| tz::Offset::from_seconds(seconds).ok())
        .flatten()
}
