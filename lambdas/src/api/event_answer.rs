//! What a program is told of the event it has created, changed or cancelled.

use anyhow::anyhow;
use axum::{
    Json,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ETAG, LOCATION},
    },
    response::{IntoResponse, Response},
};
use invite::{command::RefusalReason, decide::Ignored, event::Event, id::Uid, language::Language};

use super::{
    event_api::{Needs, unknown_event},
    views::EventView,
};
use crate::{
    decide::outcome::{Came, Decided},
    shell::{Failed, Kind, Problem, is_as_seen, tag},
};

/// How a program has said what it wants, which is how it is told what is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Calendar,
    Fields,
}

/// The event as it is now.
pub(super) async fn again(needs: &Needs, uid: &Uid) -> Result<Event, Failed> {
    let event = needs.table.event(uid).await?;
    Ok(event.ok_or_else(unknown_event)?)
}

/// Lets go on who names by `If-Match` what the event is now, or nothing.
pub(super) fn precondition(headers: &HeaderMap, event: &Event) -> Result<(), Failed> {
    if is_as_seen(headers, &tag_of(event)?) {
        return Ok(());
    }
    Err(Problem::new(
        Kind::PreconditionFailed,
        "The event has changed since you saw it: read it again.",
    )
    .into())
}

/// The ETag of `GET /event/{uid}`.
fn tag_of(event: &Event) -> anyhow::Result<String> {
    Ok(tag(&serde_json::to_vec(&EventView::of(event))?))
}

/// What came of a command, in the words of the API.
pub(super) async fn answered(
    needs: &Needs,
    uid: &Uid,
    decided: Decided,
    done: StatusCode,
    form: Form,
) -> Result<Response, Failed> {
    match decided.came {
        Came::Applied => shown(needs, uid, done).await,
        Came::Ignored(Ignored::OlderSequence | Ignored::NotNewer) => Err(Problem::new(
            Kind::NotNewer,
            "SEQUENCE and DTSTAMP say that this is older than what is known. Leave both out, and it is the newest.",
        )
        .into()),
        Came::Ignored(Ignored::AlreadyCancelled) => Err(Problem::new(
            Kind::EventCancelled,
            "The event is cancelled; only a calendar with a higher SEQUENCE takes that back.",
        )
        .into()),
        // Nothing differs: it is as was wanted.
        Came::Ignored(_) => shown(needs, uid, StatusCode::OK).await,
        Came::Refused(reason) => Err(refused(&reason, form).into()),
        Came::Held => Err(anyhow!("a program's command was held").into()),
    }
}

/// The event as it is now, with its tag.
pub(super) async fn shown(
    needs: &Needs,
    uid: &Uid,
    status: StatusCode,
) -> Result<Response, Failed> {
    let event = again(needs, uid).await?;
    let mut response = (status, Json(EventView::of(&event))).into_response();
    let headers = response.headers_mut();
    let values = [(ETAG, tag_of(&event)?), (LOCATION, format!("/event/{uid}"))];
    for (name, value) in values {
        let value = HeaderValue::from_str(&value).map_err(anyhow::Error::from)?;
        headers.insert(name, value);
    }
    Ok(response)
}

pub(super) fn in_calendar(reason: RefusalReason) -> Problem {
    refused(&reason, Form::Calendar)
}

pub(super) fn in_fields(reason: RefusalReason) -> Problem {
    refused(&reason, Form::Fields)
}

/// In English, as all the API says.
fn refused(reason: &RefusalReason, form: Form) -> Problem {
    let detail = format!(
        "{} {}",
        reason.what_is_wrong(Language::English),
        reason.what_to_do(Language::English)
    );
    let kind = match reason {
        RefusalReason::OrganizerSuspended => Kind::OrganizerSuspended,
        RefusalReason::OrganizerNotEnrolled => Kind::OrganizerNotEnrolled,
        RefusalReason::EventLimit { .. } => Kind::EventLimit,
        RefusalReason::NotTheOrganizer | RefusalReason::NotYourEvent => Kind::NotAllowed,
        RefusalReason::TooLarge { .. } => Kind::BodyTooLarge,
        RefusalReason::Missing { property } | RefusalReason::Invalid { property } => {
            return match form {
                Form::Calendar => Problem::property(property, detail),
                Form::Fields => Problem::field(pointer_of(property), detail),
            };
        }
        _ => Kind::InvalidCalendar,
    };
    Problem::new(kind, detail)
}

/// Where the JSON says what a calendar says in that property.
fn pointer_of(property: &str) -> &'static str {
    match property {
        "DTSTART" => "/start",
        "DTEND" => "/end",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_is_wrong_where_the_program_has_said_it() {
        let reason = RefusalReason::Invalid { property: "DTEND" };
        let problem = refused(&reason, Form::Calendar);
        assert_eq!(problem.errors[0].property, Some("DTEND"));
        assert_eq!(problem.kind, Kind::InvalidCalendar);
        let problem = refused(&reason, Form::Fields);
        assert_eq!(problem.errors[0].pointer.as_deref(), Some("/end"));
        assert_eq!(problem.kind, Kind::InvalidField);
    }
}
