//! The organizer's reminders on their way to attendees (RFC 5545 section 3.6.6).

use super::{
    ContentLine,
    content_line::{Lines, Value},
    kept::{is_date_time, is_duration},
};

/// Writes the reminders that show or sound something; one that mails somebody does not go on.
pub(crate) fn write_alarms(lines: &mut Lines, alarms: &[Vec<ContentLine>], summary: &str) {
    for alarm in alarms {
        if let Some(alarm) = Alarm::read(alarm) {
            lines.component("VALARM", |lines| alarm.write(lines, summary));
        }
    }
}

/// A reminder taken apart (RFC 5545 section 3.6.6).
struct Alarm<'a> {
    is_display: bool,
    trigger: &'a ContentLine,
    description: Option<&'a ContentLine>,
    repetition: Option<(&'a ContentLine, &'a ContentLine)>,
}

impl<'a> Alarm<'a> {
    fn read(lines: &'a [ContentLine]) -> Option<Self> {
        let find = |name: &str| lines.iter().find(|line| line.name == name);
        let is_display = match find("ACTION")?.value.to_ascii_uppercase().as_str() {
            "DISPLAY" => true,
            "AUDIO" => false,
            _ => return None,
        };
        let nested = lines.iter().filter(|line| line.name == "BEGIN").count() > 1;
        let trigger = find("TRIGGER").filter(|line| !nested && is_trigger(line))?;
        let repetition = find("REPEAT")
            .filter(|line| line.value.parse::<u16>().is_ok())
            .zip(find("DURATION").filter(|line| is_duration(&line.value)));
        Some(Self {
            is_display,
            trigger,
            description: find("DESCRIPTION"),
            repetition,
        })
    }

    fn write(&self, lines: &mut Lines, summary: &str) {
        let action = if self.is_display { "DISPLAY" } else { "AUDIO" };
        lines.property("ACTION", &[], Value::Wire(action));
        lines.content_line(self.trigger);
        if let Some((repeat, duration)) = self.repetition {
            lines.content_line(repeat);
            lines.content_line(duration);
        }
        match self.description {
            // A sound has no text.
            _ if !self.is_display => {}
            Some(line) => lines.property("DESCRIPTION", &[], Value::Wire(&line.value)),
            None => lines.property("DESCRIPTION", &[], Value::Text(summary)),
        }
    }
}

fn is_trigger(line: &ContentLine) -> bool {
    let param = |name: &str| {
        line.params
            .iter()
            .find(|(param, _)| param == name)
            .map(|(_, values)| values.join(",").to_ascii_uppercase())
    };
    let known = line
        .params
        .iter()
        .all(|(name, _)| matches!(name.as_str(), "VALUE" | "RELATED"));
    let related = param("RELATED");
    known
        && match param("VALUE").as_deref() {
            None | Some("DURATION") => {
                is_duration(&line.value)
                    && matches!(related.as_deref(), None | Some("START" | "END"))
            }
            Some("DATE-TIME") => {
                related.is_none() && line.value.ends_with('Z') && is_date_time(&line.value)
            }
            Some(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(lines: &[&str]) -> String {
        let alarm: Vec<_> = lines.iter().map(|text| ContentLine::plain(text)).collect();
        let mut out = Lines::default();
        write_alarms(&mut out, &[alarm], "Kick-off");
        String::from_utf8(out.into_bytes()).unwrap()
    }

    #[test]
    fn a_reminder_that_shows_something_goes_on_without_its_books() {
        assert_eq!(
            alarm(&[
                "BEGIN:VALARM",
                "UID:1",
                "ACTION:DISPLAY",
                "TRIGGER;RELATED=START:-PT15M",
                "ACKNOWLEDGED:20260101T000000Z",
                "END:VALARM",
            ]),
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=START:-PT15M\r\n\
             DESCRIPTION:Kick-off\r\nEND:VALARM\r\n"
        );
    }

    #[test]
    fn a_reminder_that_mails_or_cannot_be_right_stays_behind() {
        for lines in [
            ["ACTION:EMAIL", "TRIGGER:-PT15M", "ATTENDEE:mailto:c@c.test"],
            [
                "ACTION:NONE",
                "TRIGGER;VALUE=DATE-TIME:19760401T005545Z",
                "X-A:1",
            ],
            ["ACTION:DISPLAY", "TRIGGER:soon", "DESCRIPTION:x"],
            [
                "ACTION:DISPLAY",
                "TRIGGER;VALUE=DATE-TIME:20260101T000000",
                "X-A:1",
            ],
            ["ACTION:DISPLAY", "DESCRIPTION:x", "X-A:1"],
        ] {
            assert_eq!(alarm(&lines), "", "{lines:?}");
        }
    }
}
