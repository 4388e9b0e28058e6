//! The page of an event's invite link.

use invite::event::Origin;
use serde_json::{Map, Value, json};

use super::super::Operation;
use super::{leads, operation, page, uid};
use crate::shell::Kind;

pub(super) fn all() -> Vec<Operation> {
    let in_query = |(name, schema, description): (&str, Value, &str)| json!({"name": name, "in": "query", "schema": schema, "description": description});
    vec![
        Operation {
            parameters: [uid()].into_iter().chain(said().map(in_query)).collect(),
            answers: vec![
                (200, page("The event, and a button.")),
                (
                    302,
                    leads(
                        "The link's origin invites by being opened: the invitation is on its way.",
                    ),
                ),
            ]
            .into_iter()
            .chain(closed())
            .collect(),
            description: "Looking at it sends nothing, but of origins the tenant has named. Nobody is told who is invited already.",
            ..operation(
                "GET /event/{uid}/invite",
                "followInviteLink",
                "people",
                "The page of an event's invite link, for newsletters and web pages.",
            )
        },
        Operation {
            parameters: vec![uid()],
            body: Some(form()),
            answers: vec![
                (200, page("The invitation is on its way.")),
                (303, leads("It is, and the link leads on.")),
            ]
            .into_iter()
            .chain(closed())
            .collect(),
            problems: vec![Kind::BodyTooLarge, Kind::UnsupportedMediaType],
            description: "The form of that page; its nonce is good for an hour. Nobody is invited twice.",
            ..operation(
                "POST /event/{uid}/invite",
                "inviteByLink",
                "people",
                "Sends the invitation to whom it is asked for.",
            )
        },
    ]
}

/// What either method answers where nobody is invited.
fn closed() -> [(u16, Value); 5] {
    let mut too_often = page("The link was used too often.");
    too_often["headers"] = json!({
        "Retry-After": {"description": "In how many seconds it works again.", "schema": {"type": "integer"}},
    });
    [
        (
            400,
            page("What is said is wrong, or the page was open for too long."),
        ),
        (403, page("The event has no invite link.")),
        (404, page("There is no such event.")),
        (410, page("The event is cancelled, or over.")),
        (429, too_often),
    ]
}

/// What a link may say.
fn said() -> [(&'static str, Value, &'static str); 4] {
    [
        (
            "email",
            json!({"type": "string", "format": "email"}),
            "Whom to invite; without it the page asks.",
        ),
        (
            "name",
            json!({"type": "string", "maxLength": 80}),
            "His name, without links and addresses.",
        ),
        (
            "origin",
            json!({"type": "string", "enum": Origin::ALL.map(Origin::code)}),
            "Where the link stands; `webform` without one. Others are taken where the tenant says as which.",
        ),
        (
            "landing",
            json!({"type": "string", "format": "uri"}),
            "Where to go on to: by https, on a host the tenant has named.",
        ),
    ]
}

/// The same in a form, with what proves that its page was looked at.
fn form() -> Value {
    let nonce = (
        "nonce",
        json!({"type": "string"}),
        "As it stands in the page.",
    );
    let properties: Map<String, Value> = said()
        .into_iter()
        .chain([nonce])
        .map(|(name, mut schema, description)| {
            schema["description"] = json!(description);
            (name.to_owned(), schema)
        })
        .collect();
    let schema =
        json!({"type": "object", "properties": properties, "required": ["email", "nonce"]});
    json!({"required": true, "content": {"application/x-www-form-urlencoded": {"schema": schema}}})
}
