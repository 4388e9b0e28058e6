//! AALARM, DALARM, MALARM, PALARM of vCalendar 1.0 (sections 2.3.1 to 2.3.4): one line each, `run time;snooze
//! time;repeat count;what`.

use crate::ical::{
    ContentLine,
    date::{Duration, Written, parse},
    read::component::Component,
};

/// The VALARM that does the same; `None` when its time cannot be told. `start` is DTSTART's value.
pub(super) fn translate(
    line: &ContentLine,
    number: usize,
    start: Option<Written>,
) -> Option<Component> {
    let mut fields = line.value.splitn(4, ';').map(str::trim);
    let trigger = trigger(fields.next()?, start)?;
    let snooze = fields.next().unwrap_or_default();
    let repeat = fields.next().unwrap_or_default();
    let what = fields.next().unwrap_or_default();
    let mut alarm = Component::new("VALARM".to_owned(), number);
    let mut push = |name: &str, params: &[(&str, &str)], value: &str| {
        let params = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect();
        alarm.lines.push((
            number,
            ContentLine {
                name: name.to_owned(),
                params,
                value: value.to_owned(),
            },
        ));
    };
    let action = match line.name.as_str() {
        "AALARM" => "AUDIO",
        "DALARM" => "DISPLAY",
        "MALARM" => "EMAIL",
        _ => "PROCEDURE",
    };
    push("ACTION", &[], action);
    match trigger {
        Trigger::Relative(duration) => push("TRIGGER", &[], &duration),
        Trigger::At(instant) => push("TRIGGER", &[("VALUE", "DATE-TIME")], &instant),
    }
    if Duration::parse(snooze).is_some() && repeat.parse::<u16>().is_ok() {
        push("DURATION", &[], snooze);
        push("REPEAT", &[], repeat);
    }
    match (action, what) {
        (_, "") => {}
        ("DISPLAY", text) => push("DESCRIPTION", &[], text),
        ("EMAIL", fields) => {
            let (address, note) = fields.split_once(';').unwrap_or((fields, ""));
            push("ATTENDEE", &[], &format!("mailto:{}", address.trim()));
            push("DESCRIPTION", &[], note.trim());
        }
        (_, uri) => push("ATTACH", &[], uri),
    }
    Some(alarm)
}

enum Trigger {
    Relative(String),
    At(String),
}

/// Relative to the start where both are on one clock, so that the reminder moves with the event.
fn trigger(run_time: &str, start: Option<Written>) -> Option<Trigger> {
    let Written::DateTime(at, is_utc) = parse(run_time)? else {
        return None;
    };
    if let Some(Written::DateTime(start, start_is_utc)) = start
        && start_is_utc == is_utc
    {
        let seconds = at.duration_since(start).as_secs();
        let sign = if seconds < 0 { "-" } else { "" };
        let seconds = seconds.unsigned_abs();
        return Some(Trigger::Relative(if seconds.is_multiple_of(60) {
            format!("{sign}PT{}M", seconds / 60)
        } else {
            format!("{sign}PT{seconds}S")
        }));
    }
    is_utc.then(|| Trigger::At(at.strftime("%Y%m%dT%H%M%SZ").to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ical::line;

    fn alarm(text: &str, start: &str) -> Option<String> {
        let alarm = translate(&line::parse(text).unwrap(), 1, parse(start))?;
        let lines: Vec<_> = alarm
            .lines
            .iter()
            .map(|(_, line)| line.to_string())
            .collect();
        Some(lines.join(" "))
    }

    #[test]
    fn reminders_are_told_by_their_distance_from_the_start() {
        for (text, start, expected) in [
            (
                "DALARM:20260303T084500Z;PT5M;2;Wake up",
                "20260303T090000Z",
                "ACTION:DISPLAY TRIGGER:-PT15M DURATION:PT5M REPEAT:2 DESCRIPTION:Wake up",
            ),
            (
                "AALARM;TYPE=WAVE:20260303T085930;;;file:///taps.wav",
                "20260303T090000",
                "ACTION:AUDIO TRIGGER:-PT30S ATTACH:file:///taps.wav",
            ),
            (
                "MALARM:20260303T084500Z;;;bob@b.test;Read this",
                "20260303T090000",
                "ACTION:EMAIL TRIGGER;VALUE=DATE-TIME:20260303T084500Z ATTENDEE:mailto:bob@b.test DESCRIPTION:Read this",
            ),
            (
                "AALARM:20260303T090000",
                "20260303T090000",
                "ACTION:AUDIO TRIGGER:PT0M",
            ),
        ] {
            assert_eq!(alarm(text, start).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_reminder_at_no_time_is_none() {
        for (text, start) in [
            ("DALARM:soon;;;x", "20260303T090000Z"),
            ("DALARM:20260303T084500;;;x", "20260303T090000Z"),
            ("DALARM:20260303", "20260303"),
            ("DALARM:", "20260303T090000Z"),
        ] {
            assert_eq!(alarm(text, start), None, "{text}");
        }
    }
}
