//! What of the organizer's own properties goes on to attendees: the unknown ones, less what
//! we write ourselves, what would make the object invalid, what is private to his client, and other people's
//! addresses.

use super::{
    ContentLine,
    content_line::{Lines, is_name},
};

/// Written by us, or having no place in a single event sent to one attendee.
const NOT_KEPT: [&str; 27] = [
    "ATTENDEE",
    "BEGIN",
    "CALSCALE",
    "CREATED",
    "DESCRIPTION",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DURATION",
    "END",
    "EXDATE",
    "EXRULE",
    "LAST-MODIFIED",
    "LOCATION",
    "METHOD",
    "ORGANIZER",
    "PRODID",
    "RDATE",
    "RECURRENCE-ID",
    // It names the organizer's own UIDs, which nobody else has.
    "RELATED-TO",
    "REQUEST-STATUS",
    "RRULE",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "UID",
    "VERSION",
];

/// Beginnings of names by which a client keeps its own books. In another's copy they are wrong: Thunderbird and
/// Outlook order messages by some of them before they look at SEQUENCE.
const PRIVATE_TO_A_CLIENT: [&str; 12] = [
    "X-ALT-DESC",
    "X-LIC-",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
    "X-MICROSOFT-CDO-APPT",
    "X-MICROSOFT-CDO-ATTENDEE",
    "X-MICROSOFT-CDO-INSTTYPE",
    "X-MICROSOFT-CDO-OWNER",
    "X-MICROSOFT-CDO-REPLYTIME",
    "X-MICROSOFT-DISALLOW-COUNTER",
    "X-MOZ-",
    "X-MS-OLK-",
    "X-WR-",
];

/// Writes those of the organizer's properties that attendees get.
pub(crate) fn write_kept(lines: &mut Lines, properties: &[ContentLine]) {
    for line in properties.iter().filter(|line| is_kept(line)) {
        lines.content_line(line);
    }
}

fn is_kept(line: &ContentLine) -> bool {
    let written_or_private = NOT_KEPT.contains(&line.name.as_str())
        || PRIVATE_TO_A_CLIENT
            .iter()
            .any(|prefix| line.name.starts_with(prefix));
    // A TZID would need its VTIMEZONE; ALTREP and cid: point into the organizer's mail.
    let points_elsewhere = has_param(line, "TZID")
        || has_param(line, "ALTREP")
        || line.value.to_ascii_lowercase().starts_with("cid:");
    is_name(&line.name)
        && !written_or_private
        && !points_elsewhere
        && !holds_an_address(line)
        && is_valid(line)
}

fn has_param(line: &ContentLine, name: &str) -> bool {
    line.params.iter().any(|(param, _)| param == name)
}

/// Nobody's address goes into another's copy. In COMMENT and CONTACT people write for people.
fn holds_an_address(line: &ContentLine) -> bool {
    let values = line
        .params
        .iter()
        .flat_map(|(_, values)| values.iter())
        .chain([&line.value]);
    let is_prose = matches!(line.name.as_str(), "COMMENT" | "CONTACT" | "CATEGORIES");
    values.into_iter().any(|value| {
        value.to_ascii_lowercase().contains("mailto:") || (!is_prose && value.contains('@'))
    })
}

/// Whether the value is what the property's name, or its VALUE parameter, promises (RFC 5545 sections 3.3, 3.8).
fn is_valid(line: &ContentLine) -> bool {
    let value = line.value.as_str();
    let kind = line
        .params
        .iter()
        .find(|(name, _)| name == "VALUE")
        .map(|(_, values)| values.join(",").to_ascii_uppercase());
    let of_kind = match kind.as_deref() {
        None | Some("TEXT" | "UNKNOWN") => true,
        Some("URI") => is_uri(value),
        Some("BINARY") => {
            let encoded = line
                .params
                .iter()
                .any(|(name, values)| name == "ENCODING" && values.join(",") == "BASE64");
            encoded && data_encoding::BASE64.decode(value.as_bytes()).is_ok()
        }
        Some("BOOLEAN") => matches!(value.to_ascii_uppercase().as_str(), "TRUE" | "FALSE"),
        Some("INTEGER") => value.parse::<i32>().is_ok(),
        Some("FLOAT") => is_decimal(value),
        Some("DURATION") => is_duration(value),
        Some("DATE-TIME") => is_date_time(value),
        Some("DATE") => is_date(value),
        Some(_) => false,
    };
    let by_name = match line.name.as_str() {
        "CLASS" | "COLOR" => is_name(value),
        "GEO" => value
            .split_once(';')
            .is_some_and(|(latitude, longitude)| is_decimal(latitude) && is_decimal(longitude)),
        "PRIORITY" => value.parse::<u8>().is_ok_and(|priority| priority <= 9),
        "TRANSP" => matches!(value, "OPAQUE" | "TRANSPARENT"),
        "URL" => is_uri(value),
        "ATTACH" | "IMAGE" => kind.as_deref() == Some("BINARY") || is_uri(value),
        "CONFERENCE" => kind.as_deref() == Some("URI"),
        _ => true,
    };
    of_kind && by_name
}

fn is_uri(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    let scheme_is_fine = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let runs_code = matches!(
        scheme.to_ascii_lowercase().as_str(),
        "javascript" | "vbscript" | "data" | "file"
    );
    scheme_is_fine
        && !runs_code
        && !rest.is_empty()
        && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_decimal(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'))
        && value.parse::<f64>().is_ok()
}

fn is_date(value: &str) -> bool {
    value.len() == 8 && jiff::civil::Date::strptime("%Y%m%d", value).is_ok()
}

pub(super) fn is_date_time(value: &str) -> bool {
    let local = value.strip_suffix('Z').unwrap_or(value);
    local.len() == 15 && jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", local).is_ok()
}

/// RFC 5545 section 3.3.6: `P2W`, `-PT15M`, `P1DT2H`.
pub(super) fn is_duration(value: &str) -> bool {
    let unsigned = value.strip_prefix(['+', '-']).unwrap_or(value);
    let Some(period) = unsigned.strip_prefix('P') else {
        return false;
    };
    let (days, time) = match period.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (period, None),
    };
    let weeks_or_days = |text: &str| text.strip_suffix(['W', 'D']).is_some_and(is_digits);
    let time_is_fine = time.is_none_or(|time| {
        let mut rest = time;
        for unit in ['H', 'M', 'S'] {
            if let Some((number, after)) = rest.split_once(unit) {
                if !is_digits(number) {
                    return false;
                }
                rest = after;
            }
        }
        rest.is_empty() && !time.is_empty()
    });
    let days_are_fine = if days.is_empty() {
        time.is_some()
    } else {
        weeks_or_days(days)
    };
    days_are_fine && time_is_fine
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_organizer_says_beyond_the_basics_goes_on() {
        for text in [
            "CATEGORIES:WORK,PARTY",
            "CLASS:PRIVATE",
            "COLOR:turquoise",
            "COMMENT:ask bob@b.test",
            "CONFERENCE;VALUE=URI;FEATURE=AUDIO:tel:+1-412-555-0123",
            "GEO:37.386013;-122.082932",
            "PRIORITY:5",
            "TRANSP:TRANSPARENT",
            "URL:https://a.test/x?y=1",
            "ATTACH;FMTTYPE=application/pdf:https://a.test/agenda.pdf",
            "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        ] {
            assert!(is_kept(&ContentLine::plain(text)), "{text}");
        }
    }

    #[test]
    fn what_we_write_what_is_invalid_and_what_is_private_stays_behind() {
        for text in [
            "STATUS:CONFIRMED",
            "ATTENDEE:mailto:carol@c.test",
            "X-MOZ-INVITED-ATTENDEE:mailto:carol@c.test",
            "X-ANYTHING;SENT-BY=mailto:carol@c.test:x",
            "X-ANYTHING:carol@c.test",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:7",
            "X-MOZ-RECEIVED-SEQUENCE:9",
            "X-MS-OLK-ORIGINALSTART;TZID=Custom:20260101T000000",
            "X-THING;TZID=Custom:20260101T000000",
            "ATTACH:cid:1234",
            "ATTACH;VALUE=BINARY:AAAA",
            "URL:not a uri",
            "URL:javascript:alert(1)",
            "GEO:somewhere",
            "PRIORITY:high",
            "TRANSP:MAYBE",
            "X-NUMBER;VALUE=INTEGER:many",
            "X-WHEN;VALUE=DATE:20261301",
            "RELATED-TO:the-client-uid",
        ] {
            assert!(!is_kept(&ContentLine::plain(text)), "{text}");
        }
    }

    #[test]
    fn durations_are_told_from_other_text() {
        for text in [
            "P1D",
            "-PT15M",
            "P2W",
            "PT1H30M",
            "+P1DT2H3M4S",
            "-P0DT0H15M0S",
        ] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["", "P", "PT", "15M", "P1DT", "PT15", "PTM", "P1X", "PT1M2H"] {
            assert!(!is_duration(text), "{text}");
        }
    }
}
