//! ATTENDEE of vCalendar 1.0 (section 2.1.2), which is also where its organizer stands.

use crate::{address::Address, ical::ContentLine};

/// The line as RFC 5545 has it: an ORGANIZER where the role says so and there is none yet, else an ATTENDEE.
pub(super) fn translate(mut line: ContentLine, organizer_is_known: bool) -> ContentLine {
    let mut organizes = false;
    let mut params = Vec::with_capacity(line.params.len());
    for (name, values) in std::mem::take(&mut line.params) {
        let value = values.first().map(|value| value.to_ascii_uppercase());
        let (name, translated) = match (name.as_str(), value.as_deref().unwrap_or_default()) {
            ("ROLE", "ORGANIZER" | "OWNER") => {
                organizes = true;
                if organizer_is_known {
                    (name, Some("CHAIR"))
                } else {
                    continue;
                }
            }
            ("ROLE", "ATTENDEE" | "DELEGATE") | ("VALUE", _) => continue,
            ("EXPECT", "FYI") => ("ROLE".to_owned(), Some("NON-PARTICIPANT")),
            ("EXPECT", "REQUEST") => ("ROLE".to_owned(), Some("OPT-PARTICIPANT")),
            ("EXPECT", "REQUIRE" | "IMMEDIATE") => ("ROLE".to_owned(), Some("REQ-PARTICIPANT")),
            ("RSVP", "YES") => (name, Some("TRUE")),
            ("RSVP", "NO") => (name, Some("FALSE")),
            ("STATUS", "NEEDS ACTION" | "NEEDS-ACTION" | "SENT") => {
                ("PARTSTAT".to_owned(), Some("NEEDS-ACTION"))
            }
            ("STATUS", "ACCEPTED" | "CONFIRMED") => ("PARTSTAT".to_owned(), Some("ACCEPTED")),
            ("STATUS", "DECLINED") => ("PARTSTAT".to_owned(), Some("DECLINED")),
            ("STATUS", "TENTATIVE") => ("PARTSTAT".to_owned(), Some("TENTATIVE")),
            ("STATUS", "DELEGATED") => ("PARTSTAT".to_owned(), Some("DELEGATED")),
            _ => (name, None),
        };
        // What is said the 2.0 way is said better.
        if params.iter().any(|(known, _)| *known == name) {
            continue;
        }
        params.push((
            name,
            translated.map_or(values, |value| vec![value.to_owned()]),
        ));
    }
    line.params = params;
    if organizes && !organizer_is_known {
        "ORGANIZER".clone_into(&mut line.name);
        line.params
            .retain(|(name, _)| name == "CN" || name == "SENT-BY");
    }
    with_address(&mut line);
    line
}

/// `Bob <bob@b.test>` and `bob@b.test` become `mailto:bob@b.test`, the name CN. What is no address stays.
fn with_address(line: &mut ContentLine) {
    let text = line.text();
    let text = text.trim();
    let (name, address) = match text
        .rsplit_once('<')
        .and_then(|(name, rest)| Some((name, rest.split_once('>')?.0)))
    {
        Some((name, address)) => (name.trim().trim_matches('"'), address),
        None => ("", text),
    };
    let Some(address) = Address::parse(address) else {
        return;
    };
    line.value = format!("mailto:{}", address.as_str());
    if !name.is_empty() && line.param("CN").is_none() {
        line.params.push(("CN".to_owned(), vec![name.to_owned()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ical::line;

    fn translated(text: &str, organizer_is_known: bool) -> String {
        translate(line::parse(text).unwrap(), organizer_is_known).to_string()
    }

    #[test]
    fn the_words_of_1996_become_those_of_today() {
        for (old, new) in [
            (
                "ATTENDEE;ROLE=ATTENDEE;STATUS=CONFIRMED:Bob Ray <bob@b.test>",
                "ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob Ray:mailto:bob@b.test",
            ),
            (
                "ATTENDEE;RSVP=YES;EXPECT=REQUIRE;STATUS=NEEDS ACTION:bob@b.test",
                "ATTENDEE;RSVP=TRUE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:bob@b.test",
            ),
            (
                "ATTENDEE;EXPECT=FYI;CN=Bob:MAILTO:BOB@b.test",
                "ATTENDEE;ROLE=NON-PARTICIPANT;CN=Bob:mailto:bob@b.test",
            ),
            (
                "ATTENDEE;EXPECT=REQUEST:Bob Ray",
                "ATTENDEE;ROLE=OPT-PARTICIPANT:Bob Ray",
            ),
            (
                "ATTENDEE;VALUE=URL:http://b.test/bob",
                "ATTENDEE:http://b.test/bob",
            ),
            (
                "ATTENDEE;PARTSTAT=DECLINED;STATUS=TENTATIVE:mailto:bob@b.test",
                "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@b.test",
            ),
        ] {
            assert_eq!(translated(old, false), new, "{old}");
        }
    }

    #[test]
    fn who_organizes_or_owns_an_event_is_its_organizer_unless_there_is_one() {
        for role in ["ORGANIZER", "owner"] {
            let text = format!("ATTENDEE;ROLE={role};STATUS=ACCEPTED:Alice Ng <alice@a.test>");
            assert_eq!(
                translated(&text, false),
                "ORGANIZER;CN=Alice Ng:mailto:alice@a.test"
            );
            assert_eq!(
                translated(&text, true),
                "ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED;CN=Alice Ng:mailto:alice@a.test"
            );
        }
    }
}
