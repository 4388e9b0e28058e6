//! `GET /event/{uid}/deliveries`: where the mail to each attendee stands, as a table.

use std::collections::BTreeSet;

use cloud::table::Table;
use data_encoding::BASE64URL_NOPAD;
use invite::{
    address::{Address, Mailbox},
    csv::Csv,
    delivery::{Fact, Posted, PostedState},
    id::Uid,
};

use crate::shell::{Answer, Request};

/// Attendees read in one go.
const PAGE: i32 = 1_000;
/// Attendees looked at in one call, of whom all, some or none are asked for.
const MAX_READ: usize = 20_000;
/// Lambda's answers end at 6 MB; beyond this no further page is begun.
const MAX_BYTES: usize = 4 * 1024 * 1024;

const COLUMNS: [&str; 7] = ["email", "name", "state", "time", "letter", "code", "reason"];

/// What a caller wants to see.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    /// Empty: all.
    states: BTreeSet<PostedState>,
    after: Option<Address>,
}

impl Asked {
    fn read(request: &Request) -> Result<Self, Answer> {
        let mut states = BTreeSet::new();
        for name in request.query("state").unwrap_or_default().split(',') {
            let name = name.trim();
            if !name.is_empty() {
                states.insert(PostedState::parse(name).ok_or_else(unknown_state)?);
            }
        }
        let after = match request.query("after") {
            None => None,
            Some(cursor) => Some(address_of(cursor).ok_or_else(|| {
                Answer::problem(
                    400,
                    "invalid-cursor",
                    "`after` is not one of ours: take it from the Link header of the page before, as it is.",
                )
            })?),
        };
        Ok(Self { states, after })
    }

    fn is_asked_for(&self, posted: &Posted) -> bool {
        self.states.is_empty() || self.states.contains(&posted.state())
    }

    /// The same question about those after an address.
    fn after(&self, address: &Address) -> String {
        let states: Vec<&str> = self.states.iter().map(|state| state.code()).collect();
        let cursor = cursor_of(address);
        match states.as_slice() {
            [] => format!("after={cursor}"),
            states => format!("state={}&after={cursor}", states.join(",")),
        }
    }
}

fn unknown_state() -> Answer {
    let known: Vec<&str> = PostedState::ALL.map(PostedState::code).to_vec();
    Answer::problem(
        400,
        "unknown-state",
        format!(
            "`state` is one or more, with commas, of {}.",
            known.join(", ")
        ),
    )
}

/// Opaque to callers. It needs no signature: whatever stands there, only this event's attendees are read after it.
fn cursor_of(address: &Address) -> String {
    BASE64URL_NOPAD.encode(address.as_str().as_bytes())
}

fn address_of(cursor: &str) -> Option<Address> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    Address::parse(std::str::from_utf8(&bytes).ok()?)
}

/// Answers the request; the caller may see the event.
pub(super) async fn answer(table: &Table, uid: &Uid, request: &Request) -> anyhow::Result<Answer> {
    let asked = match Asked::read(request) {
        Ok(asked) => asked,
        Err(problem) => return Ok(problem),
    };
    let mut csv = Csv::with_columns(&COLUMNS);
    let mut read = 0;
    let mut after = asked.after.clone();
    let next = loop {
        let page = table.posted(uid, after.as_ref(), PAGE).await?;
        read += page.rows.len();
        for (mailbox, posted) in &page.rows {
            if asked.is_asked_for(posted) {
                csv.row(&row(mailbox, posted));
            }
        }
        after = page.rows.last().map(|(mailbox, _)| mailbox.address.clone());
        let Some(last) = after.as_ref().filter(|_| page.next.is_some()) else {
            break None;
        };
        if read >= MAX_READ || csv.bytes() >= MAX_BYTES {
            break Some(asked.after(last));
        }
    };
    Ok(Answer::Csv {
        body: csv.text(),
        file: format!("deliveries-{uid}.csv"),
        next,
    })
}

fn row(mailbox: &Mailbox, posted: &Posted) -> [String; COLUMNS.len()] {
    let state = posted.state();
    let fact = posted
        .delivery
        .weightiest()
        .filter(|fact| PostedState::from(fact.state) == state);
    let of = |text: fn(&Fact) -> Option<String>| fact.and_then(text).unwrap_or_default();
    let withheld = posted
        .withheld
        .filter(|_| state == PostedState::Withheld)
        .map(|why| why.code().to_owned());
    [
        mailbox.address.as_str().to_owned(),
        mailbox.name.clone().unwrap_or_default(),
        state.code().to_owned(),
        of(|fact| Some(fact.at.to_string())),
        of(|fact| Some(fact.letter.clone())),
        withheld.unwrap_or_else(|| of(|fact| fact.code.clone())),
        of(|fact| fact.words.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use invite::delivery::{DeliveryState, Unwanted};
    use serde_json::json;

    use super::*;

    fn request(query: serde_json::Value) -> Request {
        serde_json::from_value(json!({
            "routeKey": "GET /event/{uid}/deliveries", "queryStringParameters": query,
            "requestContext": {"requestId": "r-1"},
        }))
        .unwrap()
    }

    fn bob() -> Mailbox {
        Mailbox {
            address: Address::parse("bob@b.test").unwrap(),
            name: Some("Bob".to_owned()),
        }
    }

    #[test]
    fn a_page_names_the_next_with_the_same_question() {
        let asked = Asked::read(&request(json!({"state": "bounced, soft-bounced"}))).unwrap();
        assert_eq!(asked.states.len(), 2);
        let next = asked.after(&bob().address);
        let after = next.rsplit_once('=').unwrap().1;
        assert_eq!(next, format!("state=soft-bounced,bounced&after={after}"));
        let asked = Asked::read(&request(json!({"after": after}))).unwrap();
        assert_eq!(asked.after, Some(bob().address));
        assert!(asked.is_asked_for(&Posted::default()));
    }

    #[test]
    fn what_cannot_be_asked_is_told_with_what_can() {
        for (query, expected) in [
            (json!({"state": "lost"}), "unknown-state"),
            (json!({"after": "%%%"}), "invalid-cursor"),
            (json!({"after": "Ym9i"}), "invalid-cursor"),
        ] {
            let Err(Answer::Problem { status, code, .. }) = Asked::read(&request(query)) else {
                panic!("{expected}");
            };
            assert_eq!((status, code), (400, expected));
        }
    }

    #[test]
    fn a_row_says_what_happened_to_the_letter_that_counts() {
        let fact = Fact {
            state: DeliveryState::Bounced,
            revision: 1,
            letter: "invite".to_owned(),
            at: "2026-03-01T10:05:00Z".parse().unwrap(),
            code: Some("General 5.1.1".to_owned()),
            words: Some("smtp; 550 5.1.1 user unknown".to_owned()),
        };
        let bounced = Posted {
            sent_revision: Some(1),
            delivery: [fact].into_iter().collect(),
            ..Posted::default()
        };
        assert_eq!(
            row(&bob(), &bounced).join("|"),
            "bob@b.test|Bob|bounced|2026-03-01T10:05:00Z|invite|General 5.1.1|smtp; 550 5.1.1 user unknown"
        );
        let withheld = Posted {
            withheld: Some(Unwanted::Blocked),
            ..Posted::default()
        };
        assert_eq!(
            row(&bob(), &withheld).join("|"),
            "bob@b.test|Bob|withheld|||blocked|"
        );
    }
}
