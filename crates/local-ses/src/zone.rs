//! The sending world's DNS as a text file: what `zone.txt` says, and how a name is answered from it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// What a name has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Texts, each already joined from its quoted pieces.
    pub texts: Vec<String>,
    /// IPv4 addresses.
    pub addresses: Vec<Ipv4Addr>,
}

/// What a question about a name is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The name exists; it may have no record of the type asked for.
    Records(Records),
    /// There is no such name.
    NoSuchName,
}

/// What answers for domains the zone does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// They do not exist.
    Unknown,
    /// They send from 127.0.0.1 only and want everything else refused.
    TrustLocal,
}

/// A zone that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ZoneError {
    /// A line is not `name TYPE value`.
    #[error("line {line} of the zone is not `name TXT \"text\"` or `name A address`: {text}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// The line as it stands.
        text: String,
    },
}

/// All names the post office knows.
#[derive(Debug, Clone)]
pub struct Zone {
    names: BTreeMap<String, Records>,
    domains: BTreeSet<String>,
    unnamed: Unnamed,
}

impl Zone {
    /// Reads a zone file; `;` begins a comment outside of quotes.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str, unnamed: Unnamed) -> Result<Self, ZoneError> {
        let mut names: BTreeMap<String, Records> = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = without_comment(line).trim();
            if line.is_empty() {
                continue;
            }
            let (name, kind, value) = fields(line).ok_or_else(|| bad(index, line))?;
            let records = names.entry(canonical(name)).or_default();
            if kind.eq_ignore_ascii_case("TXT") {
                records
                    .texts
                    .push(unquoted(value).ok_or_else(|| bad(index, line))?);
            } else if kind.eq_ignore_ascii_case("A") {
                records
                    .addresses
                    .push(value.parse().map_err(|_| bad(index, line))?);
            } else {
                return Err(bad(index, line));
            }
        }
        let domains = names
            .keys()
            .map(|name| mail_domain(name).to_owned())
            .collect();
        Ok(Self {
            names,
            domains,
            unnamed,
        })
    }

    /// What `name` (with or without the final dot, any case) is answered with.
    #[must_use]
    pub fn answer(&self, name: &str) -> Answer {
        let name = canonical(name);
        if let Some(records) = self.names.get(&name) {
            return Answer::Records(records.clone());
        }
        let domain = mail_domain(&name);
        if self.is_named(domain) || self.unnamed == Unnamed::Unknown {
            return Answer::NoSuchName;
        }
        trusted_local(&name, domain)
    }

    /// Whether the zone speaks for `domain`: it or a domain above it is named.
    fn is_named(&self, domain: &str) -> bool {
        let mut rest = domain;
        loop {
            if self.domains.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

/// A top-level name is never answered: DMARC's walk up the tree would take all of `.test` for one organization.
fn trusted_local(name: &str, domain: &str) -> Answer {
    let text = if !domain.contains('.') {
        return Answer::NoSuchName;
    } else if name == domain {
        "v=spf1 ip4:127.0.0.1 -all"
    } else if name.strip_prefix("_dmarc.") == Some(domain) {
        "v=DMARC1; p=reject"
    } else {
        return Answer::NoSuchName;
    };
    Answer::Records(Records {
        texts: vec![text.to_owned()],
        addresses: Vec::new(),
    })
}

fn bad(index: usize, text: &str) -> ZoneError {
    ZoneError::Line {
        line: index + 1,
        text: text.to_owned(),
    }
}

fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// The domain a name of the mail checks belongs to: `sel._domainkey.a.test` and `_dmarc.a.test` are of `a.test`.
fn mail_domain(name: &str) -> &str {
    let mut rest = name;
    let mut domain = name;
    while let Some((label, above)) = rest.split_once('.') {
        if label.starts_with('_') {
            domain = above;
        }
        rest = above;
    }
    domain
}

fn fields(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let (kind, value) = rest.trim_start().split_once(char::is_whitespace)?;
    Some((name, kind, value.trim()))
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ';' if !quoted => return line.get(..at).unwrap_or_default(),
            _ => {}
        }
    }
    line
}

/// Joins `"a" "b"` as DNS does; `None` when something stands outside of quotes.
fn unquoted(value: &str) -> Option<String> {
    let mut joined = String::new();
    let mut pieces = value.split('"');
    if !pieces.next()?.trim().is_empty() {
        return None;
    }
    loop {
        joined.push_str(pieces.next()?);
        match pieces.next()?.trim() {
            "" => {}
            _ => return None,
        }
        if pieces.clone().next().is_none() {
            return Some(joined);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(zone: &Zone, name: &str) -> Option<String> {
        match zone.answer(name) {
            Answer::Records(records) => records.texts.first().cloned(),
            Answer::NoSuchName => None,
        }
    }

    #[test]
    fn the_zone_that_is_shipped_can_be_read() {
        Zone::parse(include_str!("../zone.txt"), Unnamed::Unknown).unwrap();
    }

    #[test]
    fn texts_in_pieces_are_joined_and_comments_outside_of_quotes_are_dropped() {
        let zone =
            Zone::parse("A.test. TXT \"v=spf1; \" \"-all\" ; no\n", Unnamed::Unknown).unwrap();
        assert_eq!(text(&zone, "a.TEST").as_deref(), Some("v=spf1; -all"));
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        for line in [
            "a.test",
            "a.test MX 10 b.test",
            "a.test TXT bare",
            "a.test TXT \"open",
            "a.test A x",
        ] {
            let error = Zone::parse(&format!("; first\n{line}"), Unnamed::Unknown).unwrap_err();
            assert!(error.to_string().starts_with("line 2 "), "{error}");
        }
    }

    #[test]
    fn trusted_local_domains_send_from_loopback_only_and_want_the_rest_refused() {
        let zone = Zone::parse("", Unnamed::TrustLocal).unwrap();
        assert_eq!(
            text(&zone, "alice.test").as_deref(),
            Some("v=spf1 ip4:127.0.0.1 -all")
        );
        assert_eq!(
            text(&zone, "_dmarc.alice.test").as_deref(),
            Some("v=DMARC1; p=reject")
        );
        assert_eq!(zone.answer("s._domainkey.alice.test"), Answer::NoSuchName);
        assert_eq!(zone.answer("_dmarc.test"), Answer::NoSuchName);
        assert_eq!(zone.answer("test"), Answer::NoSuchName);
    }

    #[test]
    fn a_domain_the_zone_names_is_never_trusted_nor_are_names_below_it() {
        let zone = Zone::parse("k._domainkey.named.test TXT \"x\"", Unnamed::TrustLocal).unwrap();
        assert_eq!(zone.answer("named.test"), Answer::NoSuchName);
        assert_eq!(zone.answer("_dmarc.named.test"), Answer::NoSuchName);
        assert_eq!(zone.answer("sub.named.test"), Answer::NoSuchName);
        assert_eq!(text(&zone, "k._domainkey.named.test").as_deref(), Some("x"));
    }

    #[test]
    fn without_trust_an_unnamed_domain_does_not_exist() {
        let zone = Zone::parse("", Unnamed::Unknown).unwrap();
        assert_eq!(zone.answer("alice.test"), Answer::NoSuchName);
    }
}
