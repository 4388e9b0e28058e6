//! `GET /event/{uid}/deliveries`: where the mail to each attendee stands, as a table.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK},
    response::{IntoResponse, Response},
};
use cloud::clock::Stopwatch;
use invite::{
    address::{Address, Mailbox},
    csv::Csv,
    delivery::{Fact, Posted, PostedState},
    id::{TenantKey, Uid},
};

use super::{
    cursor::Cursors,
    event_api::{Needs, Seen},
};
use crate::shell::{Failed, Kind, Parameters, Problem};

/// Attendees read in one go.
const PAGE: i32 = 1_000;
/// Attendees looked at in one call, of whom all, some or none are asked for.
const MAX_READ: usize = 20_000;
/// No further page is begun after this long: whoever asks is answered well before the function's time is over.
const READS_FOR: Duration = Duration::from_secs(6);
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
    fn read(parameters: &Parameters, cursors: &Cursors<'_>) -> Result<Self, Problem> {
        let mut states = BTreeSet::new();
        for name in parameters.text("state").unwrap_or_default().split(',') {
            let name = name.trim();
            if !name.is_empty() {
                states.insert(PostedState::parse(name).ok_or_else(unknown_state)?);
            }
        }
        let after = cursors
            .after(parameters)?
            .and_then(|place| Address::parse(&place));
        Ok(Self { states, after })
    }

    fn is_asked_for(&self, posted: &Posted) -> bool {
        self.states.is_empty() || self.states.contains(&posted.state())
    }

    /// The same question about those after an address.
    fn after(&self, address: &Address, cursors: &Cursors<'_>) -> String {
        let states: Vec<&str> = self.states.iter().map(|state| state.code()).collect();
        let cursor = cursors.sealed(address.as_str());
        match states.as_slice() {
            [] => format!("after={cursor}"),
            states => format!("state={}&after={cursor}", states.join(",")),
        }
    }
}

fn unknown_state() -> Problem {
    let known: Vec<&str> = PostedState::ALL.map(PostedState::code).to_vec();
    let detail = format!(
        "`state` is one or more, with commas, of {}.",
        known.join(", ")
    );
    Problem::parameter(Kind::UnknownState, "state", detail)
}

fn cursors<'a>(key: &'a TenantKey, uid: &Uid) -> Cursors<'a> {
    Cursors::of(key, format!("deliveries of {uid}"))
}

pub(super) async fn all(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    parameters: Parameters,
) -> Result<Response, Failed> {
    let uid = &event.uid;
    let cursors = cursors(&needs.key, uid);
    let asked = Asked::read(&parameters, &cursors)?;
    let mut csv = Csv::with_columns(&COLUMNS);
    let mut read = 0;
    let mut after = asked.after.clone();
    let stopwatch = Stopwatch::start();
    let next = loop {
        let page = needs.table.posted(uid, after.as_ref(), PAGE).await?;
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
        let is_enough = read >= MAX_READ || csv.bytes() >= MAX_BYTES;
        if is_enough || stopwatch.elapsed() > READS_FOR {
            break Some(asked.after(last, &cursors));
        }
    };
    Ok(file(
        csv.text(),
        &format!("deliveries-{uid}.csv"),
        next.as_deref(),
    ))
}

/// A table (RFC 4180) to be saved as that file; `next` is the query by which the rows after these are had (RFC 8288).
fn file(csv: String, name: &str, next: Option<&str>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    let next = next.map(|next| [(LINK, format!("<?{next}>; rel=\"next\""))]);
    (headers, next, csv).into_response()
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

    use super::*;

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, Problem> {
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        Asked::read(&Parameters::of(pairs), &cursors(&key(), &uid))
    }

    fn bob() -> Mailbox {
        Mailbox {
            address: Address::parse("bob@b.test").unwrap(),
            name: Some("Bob".to_owned()),
        }
    }

    #[test]
    fn a_page_names_the_next_with_the_same_question() {
        let first = asked(&[("state", "bounced, soft-bounced")]).unwrap();
        assert_eq!(first.states.len(), 2);
        let key = key();
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        let next = first.after(&bob().address, &cursors(&key, &uid));
        let after = next.rsplit_once('=').unwrap().1;
        assert_eq!(next, format!("state=soft-bounced,bounced&after={after}"));
        let asked = asked(&[("after", after)]).unwrap();
        assert_eq!(asked.after, Some(bob().address));
        assert!(asked.is_asked_for(&Posted::default()));
    }

    #[test]
    fn what_cannot_be_asked_is_told_with_what_can() {
        for (pair, expected) in [
            (("state", "lost"), Kind::UnknownState),
            (("after", "%%%"), Kind::InvalidCursor),
            (("after", "Ym9i"), Kind::InvalidCursor),
        ] {
            let problem = asked(&[pair]).unwrap_err();
            assert_eq!(problem.kind, expected);
            assert_eq!(problem.errors[0].parameter, Some(pair.0));
        }
    }

    #[test]
    fn a_table_is_a_file_and_says_where_it_goes_on() {
        let told = file(
            "\u{feff}a\r\n".to_owned(),
            "deliveries.csv",
            Some("after=x"),
        );
        let headers = told.headers();
        assert_eq!(headers[LINK], "<?after=x>; rel=\"next\"");
        assert_eq!(
            headers[CONTENT_DISPOSITION],
            "attachment; filename=\"deliveries.csv\""
        );
        let last = file(String::new(), "deliveries.csv", None);
        assert!(!last.headers().contains_key(LINK));
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
