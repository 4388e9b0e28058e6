//! ORGANIZER and ATTENDEE (RFC 5545 sections 3.8.4.1 and 3.8.4.3).

use percent_encoding::percent_decode_str;

use crate::{
    address::Address,
    ical::{ContentLine, Partstat, Party},
};

/// Reads a party; its address is `None` when nothing in the line is one.
pub(super) fn read(line: &ContentLine) -> Party {
    let mut party = Party {
        value: line.value.trim().to_owned(),
        address: address(&line.value),
        name: None,
        sent_by: None,
        partstat: None,
        params: Vec::new(),
    };
    for (name, values) in &line.params {
        let value = values.first().map(String::as_str).unwrap_or_default();
        match name.as_str() {
            "CN" => {
                // An unquoted comma makes one name look like several values.
                let name = values.join(",");
                let name = name.trim_matches(|c: char| c.is_whitespace() || c == '"');
                party.name = (!name.is_empty()).then(|| name.to_owned());
            }
            "SENT-BY" => party.sent_by = address(value),
            // vCalendar 1.0 calls it STATUS.
            "PARTSTAT" | "STATUS" => party.partstat = Partstat::parse(value),
            // Apple and Google write an id as the value and the address here.
            "EMAIL" | "X-EMAIL" if party.address.is_none() => {
                party.address = address(value);
                party.params.push((name.clone(), values.clone()));
            }
            _ => party.params.push((name.clone(), values.clone())),
        }
    }
    party
}

/// `mailto:bob@b.test`, `MAILTO:<bob@b.test>`, `mailto:bob%2Bx@b.test`, vCalendar's `Bob <bob@b.test>`.
fn address(value: &str) -> Option<Address> {
    let value = value.trim().trim_matches('"');
    let value = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => value.get(7..)?,
        _ => value,
    };
    let value = value.split('?').next().unwrap_or(value).trim();
    let inner = value
        .rsplit_once('<')
        .and_then(|(_, inner)| inner.split_once('>'))
        .map_or(value, |(inner, _)| inner)
        // Outlook's quotes around an address it takes for a name.
        .trim_matches('\'');
    Address::parse(inner)
        .filter(|address| !address.as_str().contains('%'))
        .or_else(|| Address::parse(&percent_decode_str(inner).decode_utf8().ok()?))
}
