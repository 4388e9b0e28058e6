//! `POST /event/{uid}/checkin`: who has come, row by row; and that taken back.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{Json, extract::State};
use cloud::clock::{self, Stopwatch};
use invite::{address::Address, event::Event, id::ReplyToken};
use serde::{Deserialize, Serialize};

use super::event_api::{Needs, Seen};
use crate::shell::{Failed, JsonBody, Kind, Problem};

/// Most rows in one call.
const MAX_ROWS: usize = 100;
/// Attendees read at a time.
const PAGE: i32 = 1_000;
/// Among so many attendees somebody is sought by his token, which does not say whose it is.
const MAX_SOUGHT: usize = 20_000;
/// And for so long: an answer is waited for, also where the table is slow.
const SOUGHT_FOR: Duration = Duration::from_secs(6);

/// Who has come.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Checkins"))]
pub(super) struct CheckinsBody {
    #[cfg_attr(test, schemars(length(min = 1, max = 100)))]
    checkins: Vec<CheckinRow>,
}

/// Somebody, by one of the two.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Checkin"))]
struct CheckinRow {
    email: Option<String>,
    /// What stands between `+` and `@` in the ORGANIZER of his calendar entry.
    token: Option<String>,
    /// False takes it back.
    #[serde(default = "yes")]
    attended: bool,
}

fn yes() -> bool {
    true
}

/// What comes of each row, in the order they were asked.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CheckedIn"))]
pub(super) struct CheckedInView {
    /// The event's uid.
    event: String,
    checkins: Vec<RowView>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CheckedInRow"))]
struct RowView {
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    status: RowStatus,
    /// Since when he is marked, in epoch seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    attended: Option<i64>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum RowStatus {
    Attended,
    NotAttended,
    Refused,
}

/// Whom a row names.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    Address(Address),
    Token(ReplyToken),
}

/// Whose the tokens of a call are.
#[derive(Default)]
struct Owners {
    by_token: HashMap<String, Address>,
    /// Not everybody was asked.
    are_too_many: bool,
}

const UNKNOWN: &str = "Nobody of that address or token is invited to this event.";
const TOO_MANY: &str =
    "The event has too many attendees to find one of them by his token; give his address.";

/// `POST /event/{uid}/checkin`
pub(super) async fn check_in(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    JsonBody(body): JsonBody<CheckinsBody>,
) -> Result<Json<CheckedInView>, Failed> {
    if event.is_cancelled() {
        let detail = "The event is cancelled, so nobody can come to it.";
        return Err(Problem::new(Kind::EventCancelled, detail).into());
    }
    let rows = body.checkins;
    if rows.is_empty() || rows.len() > MAX_ROWS {
        let count = rows.len();
        let detail = format!("`checkins` must have 1 to {MAX_ROWS} rows; it has {count}.");
        return Err(Problem::field("/checkins", detail).into());
    }
    let named: Vec<_> = rows.iter().map(named).collect();
    let owners = owners(&needs, &event, &named).await?;
    let mut checkins = Vec::with_capacity(rows.len());
    // One after the other: of two rows about the same person the later counts.
    for (row, named) in rows.into_iter().zip(named) {
        let person = named.and_then(|named| owners.person(named));
        let came = match person {
            Ok(person) => came(&needs, &event, &person, row.attended).await?,
            Err(reason) => Err(reason),
        };
        checkins.push(RowView::of(row, came));
    }
    Ok(Json(CheckedInView {
        event: event.uid.as_str().to_owned(),
        checkins,
    }))
}

/// Marks one, or takes it back; since when he is marked.
async fn came(
    needs: &Needs,
    event: &Event,
    person: &Address,
    attended: bool,
) -> Result<Result<Option<i64>, &'static str>, Failed> {
    let (table, uid) = (&needs.table, &event.uid);
    Ok(if attended {
        let since = table.check_in(uid, person, clock::now()).await?;
        since.map(|since| Some(since.as_second())).ok_or(UNKNOWN)
    } else {
        let is_known = table.undo_check_in(uid, person).await?;
        is_known.then_some(None).ok_or(UNKNOWN)
    })
}

fn named(row: &CheckinRow) -> Result<Named, &'static str> {
    match (&row.email, &row.token) {
        (Some(email), None) => Address::parse(email)
            .filter(|address| address.as_str().eq_ignore_ascii_case(email.trim()))
            .map(Named::Address)
            .ok_or("This is not an e-mail address."),
        (None, Some(token)) => ReplyToken::parse(token)
            .map(Named::Token)
            .ok_or("This is not a token."),
        _ => Err("A row names somebody by `email` or by `token`."),
    }
}

/// Finds whose the tokens are: that is in nobody's record, so all are asked.
async fn owners(
    needs: &Needs,
    event: &Event,
    named: &[Result<Named, &'static str>],
) -> Result<Owners, Failed> {
    let mut sought: Vec<&str> = named
        .iter()
        .filter_map(|named| match named {
            Ok(Named::Token(token)) => Some(token.as_str()),
            _ => None,
        })
        .collect();
    sought.sort_unstable();
    sought.dedup();
    let mut owners = Owners::default();
    let stopwatch = Stopwatch::start();
    let (mut after, mut asked) = (None, 0);
    while owners.by_token.len() < sought.len() {
        if asked >= MAX_SOUGHT || stopwatch.elapsed() > SOUGHT_FOR {
            owners.are_too_many = true;
            break;
        }
        let table = &needs.table;
        let page = table.attendees(&event.uid, after.as_deref(), PAGE).await?;
        asked += page.attendees.len();
        for attendee in page.attendees {
            let address = attendee.mailbox.address;
            let token = ReplyToken::derive(&needs.key, &event.organizer.address, &address);
            if sought.binary_search(&token.as_str()).is_ok() {
                owners.by_token.insert(token.as_str().to_owned(), address);
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(owners)
}

impl Owners {
    fn person(&self, named: Named) -> Result<Address, &'static str> {
        match named {
            Named::Address(address) => Ok(address),
            Named::Token(token) => match self.by_token.get(token.as_str()) {
                Some(owner) => Ok(owner.clone()),
                None if self.are_too_many => Err(TOO_MANY),
                None => Err(UNKNOWN),
            },
        }
    }
}

impl RowView {
    fn of(row: CheckinRow, came: Result<Option<i64>, &'static str>) -> Self {
        Self {
            email: row.email,
            token: row.token,
            status: match came {
                Ok(Some(_)) => RowStatus::Attended,
                Ok(None) => RowStatus::NotAttended,
                Err(_) => RowStatus::Refused,
            },
            attended: came.ok().flatten(),
            reason: came.err(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(body: serde_json::Value) -> Vec<CheckinRow> {
        let body: CheckinsBody = serde_json::from_value(body).unwrap();
        body.checkins
    }

    #[test]
    fn a_row_names_one_person_in_one_way() {
        let token = "k7f3abcdefghijkl";
        let rows = rows(json!({"checkins": [
            {"email": "Bob@b.test"}, {"token": token}, {"email": "bob@b.test", "token": token}, {}, {"email": "bob"},
            {"email": "Bob <bob@b.test>"}, {"token": "0"},
        ]}));
        let named: Vec<_> = rows.iter().map(named).collect();
        let bob = Address::parse("bob@b.test").unwrap();
        assert_eq!(named[0], Ok(Named::Address(bob)));
        assert_eq!(
            named[1],
            Ok(Named::Token(ReplyToken::parse(token).unwrap()))
        );
        for refused in &named[2..] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }

    #[test]
    fn each_row_is_answered_as_it_was_asked() {
        let rows = rows(json!({"checkins": [
            {"email": "Bob@b.test"}, {"token": "k7f3abcdefghijkl", "attended": false}, {"email": "eve@e.test"},
        ]}));
        let came = [Ok(Some(1_772_445_600)), Ok(None), Err(UNKNOWN)];
        let views: Vec<_> = rows
            .into_iter()
            .zip(came)
            .map(|(row, came)| RowView::of(row, came))
            .collect();
        assert_eq!(
            serde_json::to_value(views).unwrap(),
            json!([
                {"email": "Bob@b.test", "status": "attended", "attended": 1_772_445_600},
                {"token": "k7f3abcdefghijkl", "status": "not-attended"},
                {"email": "eve@e.test", "status": "refused", "reason": UNKNOWN},
            ])
        );
    }

    #[test]
    fn whose_a_token_is_may_not_be_known() {
        let token = || Named::Token(ReplyToken::parse("k7f3abcdefghijkl").unwrap());
        let bob = Address::parse("bob@b.test").unwrap();
        let mut owners = Owners::default();
        assert_eq!(owners.person(token()), Err(UNKNOWN));
        owners.are_too_many = true;
        assert_eq!(owners.person(token()), Err(TOO_MANY));
        owners
            .by_token
            .insert("k7f3abcdefghijkl".to_owned(), bob.clone());
        assert_eq!(owners.person(token()), Ok(bob));
    }
}
