//! The body of `POST /event/{uid}/invites`, row by row.

use std::{collections::HashSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use cloud::shape::OriginCode;
use invite::{
    address::{Address, Mailbox},
    id::Uid,
};
use serde::{Deserialize, Serialize};

use super::event_api::{Needs, Seen, takes_place};
use crate::{
    messages::{self, InviteMessage},
    shell::{Failed, JsonBody, Problem},
};

/// Most rows in one call.
const MAX_ROWS: usize = 100;
/// Longest name, in characters.
const MAX_NAME: usize = 200;

/// Whom to invite.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Invites"))]
pub(super) struct InvitesBody {
    #[cfg_attr(test, schemars(length(min = 1, max = 100)))]
    invites: Vec<InviteRow>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Invite"))]
struct InviteRow {
    email: String,
    name: Option<String>,
}

/// What comes of each row, in the order they were asked.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Invited"))]
pub(super) struct InvitedView {
    /// The event's uid.
    event: String,
    invites: Vec<RowView>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "InvitedRow"))]
struct RowView {
    email: String,
    status: RowStatus,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum RowStatus {
    /// Taken up; whether he may be invited is decided after.
    Accepted,
    Refused,
}

/// What the body asks for.
#[derive(Debug, PartialEq, Eq)]
struct Invites {
    /// Whom to invite, each once.
    accepted: Vec<Mailbox>,
    /// What to answer to each row, in their order.
    rows: Vec<RowView>,
}

/// `POST /event/{uid}/invites`
pub(super) async fn ask(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    JsonBody(body): JsonBody<InvitesBody>,
) -> Result<(StatusCode, Json<InvitedView>), Failed> {
    takes_place(&event)?;
    let invites = read(&body)?;
    let messages = messages(&event.uid, &invites)?;
    let queued = needs.verify.send_all(&messages).await;
    queued.map_err(anyhow::Error::from)?;
    let view = InvitedView {
        event: event.uid.as_str().to_owned(),
        invites: invites.rows,
    };
    Ok((StatusCode::ACCEPTED, Json(view)))
}

fn messages(uid: &Uid, invites: &Invites) -> anyhow::Result<Vec<String>> {
    let message = |person: &Mailbox| {
        messages::write(&InviteMessage {
            uid: uid.as_str().to_owned(),
            attendee: person.into(),
            origin: OriginCode::Api,
        })
    };
    Ok(invites
        .accepted
        .iter()
        .map(message)
        .collect::<Result<_, _>>()?)
}

/// Too many rows, or none: the whole call is refused. A row that cannot be a person: that row is.
fn read(body: &InvitesBody) -> Result<Invites, Problem> {
    let rows = &body.invites;
    if rows.is_empty() || rows.len() > MAX_ROWS {
        let detail = format!(
            "`invites` must have 1 to {MAX_ROWS} rows; it has {}.",
            rows.len()
        );
        return Err(Problem::field("/invites", detail));
    }
    let mut invites = Invites {
        accepted: Vec::new(),
        rows: Vec::new(),
    };
    let mut seen = HashSet::new();
    for row in rows {
        let name = row.name.as_deref().map(str::trim).unwrap_or_default();
        let (status, reason) = match person(&row.email, name) {
            Ok(person) => {
                if seen.insert(person.address.clone()) {
                    invites.accepted.push(person);
                }
                (RowStatus::Accepted, None)
            }
            Err(reason) => (RowStatus::Refused, Some(reason)),
        };
        invites.rows.push(RowView {
            email: row.email.clone(),
            status,
            reason,
        });
    }
    Ok(invites)
}

fn person(email: &str, name: &str) -> Result<Mailbox, &'static str> {
    let address = Address::alone(email).ok_or("This is not an e-mail address.")?;
    if name.chars().any(char::is_control) {
        return Err("The name contains control characters.");
    }
    if name.chars().count() > MAX_NAME {
        return Err("The name is longer than 200 characters.");
    }
    Ok(Mailbox {
        address,
        name: (!name.is_empty()).then(|| name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Invites, Problem> {
        super::read(&serde_json::from_str(body).unwrap())
    }

    #[test]
    fn each_row_is_answered_in_its_place() {
        let invites = read(
            r#"{"invites":[{"email":"Bob@b.test","name":" Bob "},{"email":"nobody"},{"email":"bob@b.test"},
                {"email":"carol@c.test","name":"Carol\r\nBcc: x@y.test"}]}"#,
        )
        .unwrap();
        let status: Vec<_> = invites.rows.iter().map(|row| row.status).collect();
        let (accepted, refused) = (RowStatus::Accepted, RowStatus::Refused);
        assert_eq!(status, [accepted, refused, accepted, refused]);
        assert_eq!(invites.accepted.len(), 1);
        assert_eq!(invites.accepted[0].name.as_deref(), Some("Bob"));
    }

    #[test]
    fn none_and_too_many_are_refused_as_a_whole() {
        let many = vec![r#"{"email":"b@b.test"}"#; 101].join(",");
        for rows in ["", &many] {
            let problem = read(&format!(r#"{{"invites":[{rows}]}}"#)).unwrap_err();
            assert_eq!(problem.errors[0].pointer.as_deref(), Some("/invites"));
        }
    }
}
