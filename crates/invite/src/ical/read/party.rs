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
            _ => {
                // Apple and Google write an id as the value and the address here.
                if matches!(name.as_str(), "EMAIL" | "X-EMAIL") && party.address.is_none() {
                    party.address = address(value);
                }
                party.params.push((name.clone(), values.clone()));
            }
        }
    }
    // Exchange's X.400 names, `invalid:nomail`: the address is the name then, if it is anywhere.
    if party.address.is_none() {
        party.address = party.name.as_deref().and_then(address);
    }
    party
}

/// `mailto:bob@b.test`, `MAILTO:<bob@b.test>`, `mailto:bob%2Bx@b.test`, vCalendar's `Bob <bob@b.test>`.
fn address(value: &str) -> Option<Address> {
    let mut value = value.trim().trim_matches('"');
    // Twice in what was forwarded by a client that adds its own.
    while let Some(rest) = without_scheme(value) {
        value = rest.trim_start_matches('/').trim_start();
    }
    let value = value.split('?').next().unwrap_or(value).trim();
    let inner = value
        .rsplit_once('<')
        .and_then(|(_, inner)| inner.split_once('>'))
        .map_or(value, |(inner, _)| inner)
        // Outlook's quotes around an address it takes for a name, and the divider of a list of one.
        .trim_matches(|c: char| matches!(c, '\'' | '"' | ';' | ',') || c.is_whitespace());
    let inner = without_scheme(inner).unwrap_or(inner);
    Address::parse(inner)
        .filter(|address| !address.as_str().contains('%'))
        .or_else(|| Address::parse(&percent_decode_str(inner).decode_utf8().ok()?))
}

fn without_scheme(value: &str) -> Option<&str> {
    ["mailto:", "smtp:", "email:"].iter().find_map(|scheme| {
        value
            .get(..scheme.len())
            .filter(|start| start.eq_ignore_ascii_case(scheme))
            .and_then(|_| value.get(scheme.len()..))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ical::line;

    #[test]
    fn an_address_is_found_in_whatever_stands_around_it() {
        for text in [
            "ATTENDEE:mailto:bob@b.test",
            "ATTENDEE:MAILTO:BOB@B.TEST",
            "ATTENDEE:Mailto: bob@b.test ",
            "ATTENDEE:mailto:mailto:bob@b.test",
            "ATTENDEE:mailto://bob@b.test",
            "ATTENDEE:mailto:bob%40b.test",
            "ATTENDEE:mailto:bob@b.test?subject=Re",
            "ATTENDEE:mailto:<bob@b.test>",
            "ATTENDEE:Bob Ray <bob@b.test>",
            "ATTENDEE:<mailto:bob@b.test>",
            "ATTENDEE:mailto:'bob@b.test'",
            "ATTENDEE:mailto:bob@b.test;",
            "ATTENDEE:SMTP:bob@b.test",
            "ATTENDEE:bob@b.test",
            "ATTENDEE;EMAIL=bob@b.test:urn:uuid:1",
            "ATTENDEE;EMAIL=mailto:bob@b.test:/principals/1/",
            "ATTENDEE;X-EMAIL=bob@b.test:invalid:nomail",
            "ATTENDEE;CN=bob@b.test:invalid:nomail",
            "ATTENDEE;CN=Bob <bob@b.test>:MAILTO:/o=Org/cn=Recipients/cn=bob",
        ] {
            let party = read(&line::parse(text).unwrap());
            let address = party.address.as_ref().map(Address::as_str);
            assert_eq!(address, Some("bob@b.test"), "{text}");
        }
        for text in [
            "ATTENDEE:",
            "ATTENDEE:mailto:",
            "ATTENDEE;CN=Bob Ray:invalid:nomail",
            "ATTENDEE:urn:uuid:1",
            "ATTENDEE:mailto:bob@nowhere",
        ] {
            assert_eq!(read(&line::parse(text).unwrap()).address, None, "{text}");
        }
    }
}
