//! The body of `POST /event/{uid}/invites`, row by row.

use std::collections::HashSet;

use invite::address::{Address, Mailbox};
use serde_json::{Value, json};

use crate::shell::Answer;

/// Most rows in one call.
const MAX_ROWS: usize = 100;
/// Longest name, in characters.
const MAX_NAME: usize = 200;

/// What the body asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invites {
    /// Whom to invite, each once.
    pub(super) accepted: Vec<Mailbox>,
    /// What to answer to each row, in their order.
    pub(super) rows: Vec<Value>,
}

/// Reads the body. Wrong shape: the whole call is refused, naming the field. A row that cannot be a person: that row is.
pub(super) fn read(body: &[u8]) -> Result<Invites, Answer> {
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        let detail = format!("The body is not JSON: {error}.");
        Answer::problem(400, "not-json", detail)
    })?;
    let Some(rows) = body.get("invites").and_then(Value::as_array) else {
        return Err(Answer::wrong_field(
            "/invites",
            "`invites` must be a list of `{\"email\", \"name\"?}`.",
        ));
    };
    if rows.is_empty() || rows.len() > MAX_ROWS {
        let detail = format!(
            "`invites` must have 1 to {MAX_ROWS} rows; it has {}.",
            rows.len()
        );
        return Err(Answer::wrong_field("/invites", detail));
    }
    let mut invites = Invites {
        accepted: Vec::new(),
        rows: Vec::new(),
    };
    let mut seen = HashSet::new();
    for (place, row) in rows.iter().enumerate() {
        let email = text(row, place, "email")?.ok_or_else(|| {
            Answer::wrong_field(format!("/invites/{place}/email"), "`email` is missing.")
        })?;
        let name = text(row, place, "name")?.map(str::trim).unwrap_or_default();
        match person(email, name) {
            Ok(person) => {
                invites
                    .rows
                    .push(json!({"email": email, "status": "accepted"}));
                if seen.insert(person.address.clone()) {
                    invites.accepted.push(person);
                }
            }
            Err(reason) => invites
                .rows
                .push(json!({"email": email, "status": "refused", "reason": reason})),
        }
    }
    Ok(invites)
}

fn text<'a>(row: &'a Value, place: usize, field: &str) -> Result<Option<&'a str>, Answer> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Answer::wrong_field(
            format!("/invites/{place}/{field}"),
            format!("`{field}` must be a text."),
        )),
    }
}

fn person(email: &str, name: &str) -> Result<Mailbox, &'static str> {
    // A list of people pasted with `mailto:` is a mistake worth telling, not one to guess at.
    let address = Address::parse(email)
        .filter(|address| address.as_str().eq_ignore_ascii_case(email.trim()))
        .ok_or("This is not an e-mail address.")?;
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

    #[test]
    fn each_row_is_answered_in_its_place() {
        let invites = read(
            br#"{"invites":[{"email":"Bob@b.test","name":" Bob "},{"email":"nobody"},{"email":"bob@b.test"},
                {"email":"carol@c.test","name":"Carol\r\nBcc: x@y.test"}]}"#,
        )
        .unwrap();
        let status: Vec<_> = invites
            .rows
            .iter()
            .map(|row| row["status"].clone())
            .collect();
        assert_eq!(status, ["accepted", "refused", "accepted", "refused"]);
        assert_eq!(invites.accepted.len(), 1);
        assert_eq!(invites.accepted[0].name.as_deref(), Some("Bob"));
    }

    #[test]
    fn a_wrong_shape_names_the_field() {
        let many = format!(
            r#"{{"invites":[{}]}}"#,
            vec![r#"{"email":"b@b.test"}"#; 101].join(",")
        );
        for (body, pointer) in [
            ("{}", "/invites"),
            (r#"{"invites":[]}"#, "/invites"),
            (many.as_str(), "/invites"),
            (
                r#"{"invites":[{"email":"b@b.test"},{}]}"#,
                "/invites/1/email",
            ),
            (r#"{"invites":[{"email":7}]}"#, "/invites/0/email"),
            (
                r#"{"invites":[{"email":"b@b.test","name":[]}]}"#,
                "/invites/0/name",
            ),
        ] {
            let Err(Answer::Problem { status, errors, .. }) = read(body.as_bytes()) else {
                panic!("{body}");
            };
            assert_eq!(
                (status, errors[0].pointer.as_str()),
                (400, pointer),
                "{body}"
            );
        }
    }

    #[test]
    fn what_is_not_json_says_so() {
        let Err(Answer::Problem { code, .. }) = read(b"hello") else {
            panic!("it is not JSON");
        };
        assert_eq!(code, "not-json");
    }
}
