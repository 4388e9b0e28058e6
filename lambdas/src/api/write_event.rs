//! An event by API: created, changed, cancelled, as by its organizer's mail. What he would mail becomes the same command; the
//! same is decided about it, stored in the same write and told by the same stream. Only the answer comes at once.

use std::sync::Arc;

use access::caller::{Caller, Program};
use anyhow::anyhow;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use cloud::{clock, table::sender_hash};
use invite::{
    address::{Address, Mailbox},
    command::{Cancel, EventSettings, InName, ProgramsCalendar, Request, can_be_uid},
    decide::Ignored,
    event::{Event, SeatsAsked, Uninvited},
    id::{Digest, Uid},
};
use jiff::Timestamp;

use super::{
    caller::Known,
    event_answer::{Form, again, answered, in_calendar, in_fields, precondition, shown},
    event_api::{Needs, Seen},
    event_body::{ChangeBody, EventBody, MAX_NAME},
    once::Asked,
};
use crate::{
    decide::{
        attempts::{ATTEMPTS, others_were_quicker},
        cancel_event,
        outcome::Came,
        record_event,
    },
    messages::MailShape,
    shell::{
        CalendarBody, Described, Failed, JsonBody, Kind, OptionalCalendar, Parameters, Problem,
        RequestId, about_event,
    },
};

/// How what programs have asked for begins where mails have their ids.
pub(super) const BY_API: &str = "api-";
/// PRODID of events whose program writes no calendar.
const PRODID: &str = "-//Calendar Invite Server//REST API//EN";

/// `POST /event`
pub(super) async fn create(
    State(needs): State<Arc<Needs>>,
    Known(caller): Known,
    Extension(RequestId(request_id)): Extension<RequestId>,
    asked: Option<Extension<Asked>>,
    parameters: Parameters,
    body: Described<EventBody>,
) -> Result<Response, Failed> {
    let settings = settings(&parameters)?;
    let mailto = create_mailbox(&needs)?;
    match body {
        Described::Calendar(text) => {
            let calendar = read(&text)?;
            let organizer = organizer_of(&needs, &caller, calendar.organizer())?;
            let client_uid = calendar.client_uid().map_err(in_calendar)?;
            let request = |known: Option<&Event>, now| {
                if known.is_none() && calendar.is_of_instances_only() {
                    return Err(Problem::property(
                        "RECURRENCE-ID",
                        "There is no such series yet: hand over the series first, then what differs from it.",
                    ));
                }
                in_name(&needs, &organizer, known, now)
                    .request(&calendar, mailto.clone(), settings)
                    .map_err(in_calendar)
            };
            let uid = Uid::derive(&needs.key, &organizer.address, &client_uid);
            recorded(&needs, &request_id, &uid, Form::Calendar, request).await
        }
        Described::Json(body) => {
            let organizer = organizer_of(&needs, &caller, body.organizer()?)?;
            let client_uid = match &body.uid {
                Some(uid) if !uid.is_empty() && can_be_uid(uid) => uid.clone(),
                Some(_) => return Err(Problem::field("/uid", "This can be no UID.").into()),
                None => own_uid(asked.map(|Extension(asked)| asked), &request_id),
            };
            let uid = Uid::derive(&needs.key, &organizer.address, &client_uid);
            let details = body.fields()?.details().map_err(in_fields)?;
            let request = |known: Option<&Event>, now| {
                Ok(in_name(&needs, &organizer, known, now).request_of(
                    client_uid.clone(),
                    PRODID.to_owned(),
                    details.clone(),
                    mailto.clone(),
                    settings,
                ))
            };
            recorded(&needs, &request_id, &uid, Form::Fields, request).await
        }
    }
}

/// `PUT /event/{uid}`: the whole event, or instances of it, as its calendar has it.
pub(super) async fn replace(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    parameters: Parameters,
    CalendarBody(text): CalendarBody,
) -> Result<Response, Failed> {
    let settings = settings(&parameters)?;
    let calendar = read(&text)?.of_event(&event).map_err(in_calendar)?;
    let request = |event: &Event, now| {
        in_name(&needs, &event.organizer, Some(event), now)
            .request(&calendar, event.mailto.clone(), settings)
            .map_err(in_calendar)
    };
    changed(
        &needs,
        &request_id,
        &headers,
        event,
        Form::Calendar,
        request,
    )
    .await
}

/// `PATCH /event/{uid}`: the fields it names; all else stays.
pub(super) async fn change(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    parameters: Parameters,
    JsonBody(body): JsonBody<ChangeBody>,
) -> Result<Response, Failed> {
    let settings = settings(&parameters)?;
    let request = |event: &Event, now| {
        if event.details.recurs() {
            return Err(Problem::new(
                Kind::IsASeries,
                "This is a series: PUT its calendar, which says what becomes of its single dates.",
            ));
        }
        let fields = body.fields(event)?;
        let details = fields.applied_to(&event.details).map_err(in_fields)?;
        Ok(
            in_name(&needs, &event.organizer, Some(event), now).request_of(
                event.client_uid.clone(),
                event.prodid.clone(),
                details,
                event.mailto.clone(),
                settings,
            ),
        )
    };
    changed(&needs, &request_id, &headers, event, Form::Fields, request).await
}

/// `POST /event/{uid}/cancel`: the whole event, or what a calendar names.
pub(super) async fn cancel(
    State(needs): State<Arc<Needs>>,
    Seen(event): Seen,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    OptionalCalendar(text): OptionalCalendar,
) -> Result<Response, Failed> {
    let calendar = match text {
        None => None,
        Some(text) => Some(read(&text)?.of_event(&event).map_err(in_calendar)?),
    };
    let command = |event: &Event, now| -> Result<Cancel, Problem> {
        let asked = in_name(&needs, &event.organizer, Some(event), now);
        match &calendar {
            Some(calendar) => asked.cancel(calendar).map_err(in_calendar),
            None => Ok(asked.cancel_of(event.client_uid.clone())),
        }
    };
    let mut event = event;
    for _ in 0..ATTEMPTS {
        precondition(&headers, &event)?;
        let now = clock::now();
        let (cancel, mail) = (
            command(&event, now)?,
            mail(&request_id, &event.organizer, now),
        );
        let (table, language) = (&needs.table, needs.recorder.language);
        let (uid, known) = (&event.uid, Some(&event));
        let decided =
            cancel_event::decide_about(table, language, uid, known, &mail, &cancel).await?;
        if let Some(decided) = decided {
            return match decided.came {
                // That it does not take place already is what was wanted.
                Came::Ignored(Ignored::AlreadyCancelled) => {
                    shown(&needs, &event.uid, StatusCode::OK).await
                }
                _ => answered(&needs, &event.uid, decided, StatusCode::OK, Form::Calendar).await,
            };
        }
        event = again(&needs, &event.uid).await?;
    }
    Err(others_were_quicker().into())
}

/// Decides about a request for an event that may be there or not.
async fn recorded(
    needs: &Needs,
    request_id: &str,
    uid: &Uid,
    form: Form,
    request: impl Fn(Option<&Event>, Timestamp) -> Result<Request, Problem>,
) -> Result<Response, Failed> {
    about_event(uid.as_str());
    for _ in 0..ATTEMPTS {
        let known = needs.table.event(uid).await?;
        let now = clock::now();
        let request = request(known.as_ref(), now)?;
        let mail = mail(request_id, &request.organizer, now);
        let recorder = &needs.recorder;
        let decided =
            record_event::decide_about(recorder, uid, known.as_ref(), &mail, &request).await?;
        if let Some(decided) = decided {
            let done = match known {
                None => StatusCode::CREATED,
                Some(_) => StatusCode::OK,
            };
            return answered(needs, uid, decided, done, form).await;
        }
    }
    Err(others_were_quicker().into())
}

/// Decides about a change of an event, on condition that it is as the caller has seen it.
async fn changed(
    needs: &Needs,
    request_id: &str,
    headers: &HeaderMap,
    mut event: Event,
    form: Form,
    request: impl Fn(&Event, Timestamp) -> Result<Request, Problem>,
) -> Result<Response, Failed> {
    for _ in 0..ATTEMPTS {
        precondition(headers, &event)?;
        let now = clock::now();
        let request = request(&event, now)?;
        let mail = mail(request_id, &event.organizer, now);
        let recorder = &needs.recorder;
        let decided =
            record_event::decide_about(recorder, &event.uid, Some(&event), &mail, &request).await?;
        if let Some(decided) = decided {
            return answered(needs, &event.uid, decided, StatusCode::OK, form).await;
        }
        event = again(needs, &event.uid).await?;
    }
    Err(others_were_quicker().into())
}

fn read(text: &str) -> Result<ProgramsCalendar, Problem> {
    ProgramsCalendar::read(text).map_err(in_calendar)
}

/// In whose name the caller may create events: his own; who sees everybody's says whose.
fn organizer_of(
    needs: &Needs,
    caller: &Caller,
    named: Option<Mailbox>,
) -> Result<Mailbox, Problem> {
    let missing = || {
        Problem::field(
            "/organizer",
            "Say whose event it is: by `organizer` in JSON, by ORGANIZER in a calendar.",
        )
    };
    let is_shared = |mailbox: &Mailbox| {
        let domains = &needs.shared_calendar_domains;
        domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(mailbox.address.domain()))
    };
    let own = match caller {
        Caller::Administrator
        | Caller::Program(Program {
            organizer: None, ..
        }) => None,
        Caller::Organizer(own)
        | Caller::Program(Program {
            organizer: Some(own),
            ..
        }) => Some(own),
    };
    let organizer = match (own, named) {
        (None, Some(named)) => named,
        (None, None) => return Err(missing()),
        (Some(own), Some(named)) if *own == named.address => named,
        (Some(own), named) if named.as_ref().is_none_or(is_shared) => Mailbox {
            address: own.clone(),
            name: None,
        },
        (Some(_), _) => {
            return Err(Problem::new(
                Kind::NotAllowed,
                "You may create events of your own only.",
            ));
        }
    };
    if is_ours(&organizer.address, &needs.mail_domain) {
        return Err(Problem::field(
            "/organizer",
            "An address of this server cannot organize events.",
        ));
    }
    let name = organizer
        .name
        .filter(|name| name.chars().count() <= MAX_NAME);
    Ok(Mailbox { name, ..organizer })
}

/// An address of our own domain, or one below it.
fn is_ours(address: &Address, mail_domain: &str) -> bool {
    let ours = mail_domain.to_lowercase();
    address
        .domain()
        .strip_suffix(&ours)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn in_name<'a>(
    needs: &'a Needs,
    organizer: &'a Mailbox,
    known: Option<&'a Event>,
    now: Timestamp,
) -> InName<'a> {
    InName {
        organizer,
        shared_calendar_domains: &needs.shared_calendar_domains,
        known,
        now,
    }
}

/// Who else may answer, and how many can come, as `create+closed+seats-50@` says by mail.
fn settings(parameters: &Parameters) -> Result<EventSettings, Problem> {
    fn read<T>(
        parameters: &Parameters,
        name: &'static str,
        read: fn(&str) -> Option<T>,
        detail: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(given) = parameters.text(name) else {
            return Ok(None);
        };
        let wrong = || Problem::parameter(Kind::InvalidParameter, name, detail);
        read(&given).map(Some).ok_or_else(wrong)
    }
    Ok(EventSettings {
        uninvited: read(
            parameters,
            "uninvited",
            Uninvited::parse,
            "`uninvited` is one of open, approve, closed.",
        )?,
        seats: read(
            parameters,
            "seats",
            SeatsAsked::parse,
            "`seats` is a number from 1 to 1000000, or unlimited.",
        )?,
    })
}

/// Where his mail would have come.
fn create_mailbox(needs: &Needs) -> anyhow::Result<Address> {
    let text = format!("create@{}", needs.mail_domain);
    Address::parse(&text).ok_or_else(|| anyhow!("{text} is no address"))
}

/// The UID of an event whose program gives it none: the same for the same request with a key, so that what is asked for twice
/// is one event, also where the first answer was never written.
fn own_uid(asked: Option<Asked>, request_id: &str) -> String {
    let digest = match asked {
        Some(Asked(digest)) => digest,
        None => Digest::of_text(request_id),
    };
    format!("api-{}", digest.as_str())
}

/// What stands for the mail: nobody is written to about it, for its sender has the answer.
fn mail(request_id: &str, organizer: &Mailbox, now: Timestamp) -> MailShape {
    MailShape {
        id: format!("{BY_API}{request_id}"),
        received: now,
        sender: Some(sender_hash(&organizer.address)),
        subject: None,
        message_id: None,
        is_automatic: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_again_with_its_key_is_the_same_event() {
        let asked = || Some(Asked(Digest::of_text("k")));
        assert_eq!(own_uid(asked(), "r-1"), own_uid(asked(), "r-2"));
        assert_ne!(own_uid(None, "r-1"), own_uid(None, "r-2"));
        assert!(can_be_uid(&own_uid(None, "r-1")));
    }

    #[test]
    fn no_address_of_ours_organizes() {
        let address = |text| Address::parse(text).unwrap();
        let domain = "acme.invites.example";
        for ours in ["create@acme.invites.example", "x@Mail.acme.invites.example"] {
            assert!(is_ours(&address(ours), domain), "{ours}");
        }
        for other in ["x@invites.example", "x@notacme.invites.example"] {
            assert!(!is_ours(&address(other), domain), "{other}");
        }
    }

    #[test]
    fn who_else_may_answer_and_how_many_can_come_is_said_as_described() {
        let said = |name, value| settings(&Parameters::of(&[(name, value)]));
        assert_eq!(settings(&Parameters::of(&[])), Ok(EventSettings::default()));
        let closed = said("uninvited", "Closed").unwrap();
        assert_eq!(closed.uninvited, Some(Uninvited::Closed));
        let five = said("seats", "5").unwrap();
        assert_eq!(five.seats, Some(SeatsAsked::Limited(5)));
        for (name, value) in [("uninvited", "some"), ("seats", "0"), ("seats", "many")] {
            let problem = said(name, value).unwrap_err();
            assert_eq!(problem.kind, Kind::InvalidParameter, "{name}={value}");
        }
    }
}
