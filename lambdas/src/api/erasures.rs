//! Erasures of people: asked for and followed by administrators, in person.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use cloud::{
    clock,
    table::{AskedBy, ErasureRecord, ErasureState},
};
use invite::{address::Address, erasure::ErasureId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    erase::{Begun, begin},
    shell::{Failed, JsonBody, Kind, Problem, Started},
};

/// Whom to erase.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewErasure"))]
pub(super) struct NewErasureBody {
    /// The person's address.
    email: String,
}

/// An erasure. It does not say whose.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Erasure"))]
pub(super) struct ErasureView {
    /// Names it: 32 letters and digits, the same for the same person.
    id: String,
    /// `running`; `once-more`: all is gone through, and is once more when letters to many have ended that were going out; `done`.
    state: &'static str,
    /// `api`: an administrator; `mail`, `page`: the person.
    #[cfg_attr(test, schemars(with = "String"))]
    asked_by: AskedBy,
    /// When it was asked for, in epoch seconds.
    created: i64,
    /// When it was done, in epoch seconds; null before.
    done: Option<i64>,
    /// Items gone through so far.
    items: u64,
    /// Events the person was invited to and is not any more.
    events: u64,
    /// Records of others that named the person and do not any more.
    mentions: u64,
    /// Mails of the person that were deleted.
    mails: u64,
    /// Refused invitations of the person that were forgotten.
    refused: u64,
}

impl ErasureView {
    fn of(erasure: &ErasureRecord) -> Self {
        let erased = &erasure.erased;
        Self {
            id: erasure.erasure.clone(),
            state: match erasure.state {
                ErasureState::Running if erasure.waits_for_letters() => "once-more",
                ErasureState::Running => "running",
                ErasureState::Done => "done",
            },
            asked_by: erasure.asked_by,
            created: erasure.created.as_second(),
            done: erasure.done.map(Timestamp::as_second),
            items: erased.items,
            events: erased.events,
            mentions: erased.mentions,
            mails: erased.mails,
            refused: erased.refused,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct OfErasure {
    erasure: String,
}

/// `POST /system/erasures`
pub(super) async fn ask(
    State(needs): State<Arc<Started>>,
    JsonBody(body): JsonBody<NewErasureBody>,
) -> Result<(StatusCode, Json<ErasureView>), Failed> {
    let person = Address::parse(&body.email)
        .ok_or_else(|| Problem::field("/email", "This is no e-mail address."))?;
    let begun = begin(
        &needs.table,
        &needs.key,
        &person,
        AskedBy::Api,
        clock::now(),
    )
    .await?;
    match begun {
        Begun::Runs(erasure) => Ok((StatusCode::ACCEPTED, Json(ErasureView::of(&erasure)))),
        Begun::Organizes => Err(Problem::new(
            Kind::OrganizesEvents,
            "This person organizes events or has a plan, and the people invited rely on that. Have the events cancelled and the plan \
             ended first; then see \"Somebody asks to be erased\" in docs/operations.md.",
        )
        .into()),
    }
}

/// `GET /system/erasures/{erasure}`
pub(super) async fn one(
    State(needs): State<Arc<Started>>,
    Path(OfErasure { erasure }): Path<OfErasure>,
) -> Result<Json<ErasureView>, Failed> {
    let id = ErasureId::parse(&erasure).ok_or_else(unknown)?;
    let erasure = needs.table.erasure(&id).await?.ok_or_else(unknown)?;
    Ok(Json(ErasureView::of(&erasure)))
}

fn unknown() -> Problem {
    Problem::new(
        Kind::UnknownErasure,
        "There is no erasure of that id; ids are 32 letters and digits, and are forgotten after 90 days.",
    )
}

#[cfg(test)]
mod tests {
    use invite::id::TenantKey;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_erasure_tells_how_far_it_has_come_and_not_whose_it_is() {
        let bob = Address::parse("bob@b.test").unwrap();
        let id = ErasureId::derive(&TenantKey::new([7; 32]).unwrap(), &bob);
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        let mut erasure = ErasureRecord::asked(&id, &bob, AskedBy::Page, now, None);
        erasure.erased.items = 4_000;
        erasure.erased.events = 2;
        let told = serde_json::to_value(ErasureView::of(&erasure)).unwrap();
        assert_eq!(
            told,
            json!({
                "id": id.as_str(), "state": "running", "asked_by": "page", "created": 1_772_359_200, "done": null,
                "items": 4_000, "events": 2, "mentions": 0, "mails": 0, "refused": 0,
            })
        );
    }
}
