//! What each route is for, takes and answers.

mod erasures;
mod invite_link;
mod keys;
mod orders;

use schemars::Schema;
use serde_json::{Value, json};

use super::{Operation, Schemas};
use crate::{
    api::{
        attendee::AttendeeHistoryView,
        attendees::{AttendeesView, UNMASKED},
        checkin::{CheckedInView, CheckinsBody},
        cursor::{DEFAULT_LIMIT, MAX_LIMIT},
        event_body::{ChangeBody, EventBody},
        event_list::EventsView,
        invites::{InvitedView, InvitesBody},
        jobs::{AnyJobView, JobView, JobsView},
        ledger::{ATTENDEE, view::LedgerView},
        lists::{AnnouncedView, ListBody},
        once::HEADER,
        organizer_api::OrganizerBody,
        reminders::ReminderBody,
        reports::ReportView,
        views::{EventView, StatisticsView},
    },
    shell::Kind,
};

pub(super) const DESCRIPTION: &str = "\
Events registered from calendar mail, who is invited to them, and what became of it.\n\n\
Times are epoch seconds unless something else is said. Errors are problem documents (RFC 9457); their `type`s are stable. \
A list that is long comes in pages: hand `after` back as it was given. What is read has an ETag: who asks again with \
If-None-Match gets 304 if nothing has changed. Bodies are JSON of at most 1 MB, or calendars where that is said. A request that \
changes something may have an Idempotency-Key: it happens once, and is answered the same for a day. Callers are known by a token or a \
key; who may what is told with each operation. What a caller may not see is answered as if it were not there.";

pub(super) const TAGS: [(&str, &str); 8] = [
    ("event", "An event"),
    ("jobs", "What reaches many people"),
    ("organizer", "An organizer"),
    ("system", "The whole tenant, for administrators"),
    ("keys", "Keys of programs, for administrators"),
    ("orders", "What the shop tells"),
    ("people", "Pages people are led to"),
    ("api", "The API itself"),
];

const EVENT: [Kind; 1] = [Kind::UnknownEvent];
/// Of every request that may have a key.
const KEYED: [Kind; 3] = [Kind::InvalidHeader, Kind::KeyReused, Kind::InProgress];
/// Of a change of an event.
const CHANGE: [Kind; 7] = [
    Kind::NotNewer,
    Kind::EventCancelled,
    Kind::PreconditionFailed,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
    Kind::OrganizerSuspended,
    Kind::InvalidCalendar,
];
const BODY: [Kind; 4] = [
    Kind::NotJson,
    Kind::InvalidField,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
];

pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    [
        events(schemas),
        writing(schemas),
        jobs(schemas),
        organizers(schemas),
        system(schemas),
        keys::all(schemas),
        erasures::all(schemas),
        orders::all(schemas),
        invite_link::all(),
        open(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn events(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![uid(), if_none_match()],
            answers: read("The event.", schemas.told::<EventView>()),
            problems: EVENT.to_vec(),
            ..operation(
                "GET /event/{uid}",
                "readEvent",
                "event",
                "What, when, where, by whom.",
            )
        },
        Operation {
            parameters: vec![uid(), if_none_match()],
            answers: read("The statistics.", schemas.told::<StatisticsView>()),
            problems: EVENT.to_vec(),
            ..operation(
                "GET /event/{uid}/statistics",
                "readStatistics",
                "event",
                "How many are invited, and what they answered.",
            )
        },
        Operation {
            parameters: vec![uid(), limit(), after("`next`"), unmasked(), if_none_match()],
            answers: read("A page of attendees.", schemas.told::<AttendeesView>()),
            problems: vec![
                Kind::InvalidParameter,
                Kind::InvalidCursor,
                Kind::UnknownEvent,
            ],
            description: "Of addresses and names the first letter is shown, and the domain, unless all is asked for.",
            ..operation(
                "GET /event/{uid}/attendees",
                "readAttendees",
                "event",
                "Who is invited, by address, and what they answered.",
            )
        },
        Operation {
            parameters: vec![
                uid(),
                json!({
                    "name": "address", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
                    "description": "The attendee's address.",
                }),
                if_none_match(),
            ],
            answers: read("The attendee.", schemas.told::<AttendeeHistoryView>()),
            problems: vec![Kind::UnknownEvent, Kind::UnknownAttendee],
            ..operation(
                "GET /event/{uid}/attendees/{address}",
                "readAttendee",
                "event",
                "One attendee: what he answered, in order, what he was told last, and what became of the letters to him.",
            )
        },
        Operation {
            parameters: vec![
                uid(),
                limit(),
                after("`next`"),
                unmasked(),
                json!({
                    "name": ATTENDEE, "in": "query", "schema": {"type": "string", "minLength": 1},
                    "description": "What happened to the event and, of attendees, to this one alone; needs the scope \
                        attendees:read:unmasked, too.",
                }),
                if_none_match(),
            ],
            answers: read("A page of the ledger.", schemas.told::<LedgerView>()),
            problems: vec![
                Kind::InvalidParameter,
                Kind::InvalidCursor,
                Kind::UnknownEvent,
            ],
            description: "Commands and what became of them, the event's changes by revision, jobs, invitations, answers, letters and \
                what became of them. A page may have fewer entries than asked for, and yet lead on.",
            ..operation(
                "GET /event/{uid}/ledger",
                "readLedger",
                "event",
                "What was received, decided, changed, sent and answered, and why, the newest first.",
            )
        },
        Operation {
            parameters: vec![
                uid(),
                json!({
                    "name": "state", "in": "query", "schema": {"type": "string"},
                    "description": "Only these states, one or more with commas: waiting, withheld, sent, delayed, soft-bounced, \
                        delivered, rejected, bounced, complained.",
                }),
                after("the answer's Link header"),
                if_none_match(),
            ],
            answers: vec![
                (
                    200,
                    json!({
                        "description": "RFC 4180 with a byte order mark: email, name, state, time, letter, code, reason. \
                            `Link: <?…>; rel=\"next\"` where there is more.",
                        "content": {"text/csv": {"schema": {"type": "string"}}},
                    }),
                ),
                not_modified(),
            ],
            problems: vec![Kind::UnknownState, Kind::InvalidCursor, Kind::UnknownEvent],
            ..operation(
                "GET /event/{uid}/deliveries",
                "readDeliveries",
                "event",
                "Where the mail to each attendee stands, as a table.",
            )
        },
        Operation {
            parameters: vec![uid(), idempotency_key()],
            body: Some(body(schemas.asked::<InvitesBody>(), true)),
            answers: vec![(
                202,
                answer("What comes of each row.", schemas.told::<InvitedView>()),
            )],
            problems: [&BODY[..], &EVENT, &KEYED, &[Kind::EventCancelled]].concat(),
            description: "Asking twice invites once. Whether the organizer may invite is checked before anything is sent.",
            ..operation(
                "POST /event/{uid}/invites",
                "invite",
                "event",
                "Invites up to 100 people.",
            )
        },
        Operation {
            parameters: vec![uid(), idempotency_key()],
            body: Some(body(schemas.asked::<CheckinsBody>(), true)),
            answers: vec![(
                200,
                answer("What comes of each row.", schemas.told::<CheckedInView>()),
            )],
            problems: [&BODY[..], &EVENT, &KEYED, &[Kind::EventCancelled]].concat(),
            description: "By address, or by the token in the ORGANIZER of their calendar entry. Who is checked in twice stays checked in \
                since the first time; `attended: false` takes it back.",
            ..operation(
                "POST /event/{uid}/checkin",
                "checkIn",
                "event",
                "Marks that up to 100 people have come.",
            )
        },
    ]
}

fn writing(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![uninvited(), seats(), idempotency_key()],
            body: Some(event_body(Some(schemas.asked::<EventBody>()), true)),
            answers: vec![
                (
                    201,
                    tagged("The event, which is new.", schemas.told::<EventView>()),
                ),
                (
                    200,
                    tagged(
                        "The event, which was there and is as asked for.",
                        schemas.told::<EventView>(),
                    ),
                ),
            ],
            problems: [
                &BODY[..],
                &KEYED,
                &[
                    Kind::InvalidCalendar,
                    Kind::InvalidParameter,
                    Kind::OrganizerSuspended,
                    Kind::OrganizerNotEnrolled,
                    Kind::EventLimit,
                    Kind::NotNewer,
                    Kind::EventCancelled,
                ],
            ]
            .concat(),
            description: "What a calendar mailed to `create@` does: a UID the organizer has used before changes that event. The same is \
                decided; the organizer gets the same letters.",
            ..operation("POST /event", "createEvent", "event", "Records an event.")
        },
        Operation {
            parameters: vec![uid(), uninvited(), seats(), if_match(), idempotency_key()],
            body: Some(event_body(None, true)),
            answers: vec![(
                200,
                tagged("The event as it is now.", schemas.told::<EventView>()),
            )],
            problems: [&EVENT[..], &KEYED, &CHANGE, &[Kind::InvalidParameter]].concat(),
            description: "The whole event, or with RECURRENCE-ID dates of a series, as by mail. Whoever is invited hears of what differs. \
                Without SEQUENCE and DTSTAMP it is the newest.",
            ..operation(
                "PUT /event/{uid}",
                "replaceEvent",
                "event",
                "Changes an event to what a calendar says.",
            )
        },
        Operation {
            parameters: vec![uid(), uninvited(), seats(), if_match(), idempotency_key()],
            body: Some(body(schemas.asked::<ChangeBody>(), true)),
            answers: vec![(
                200,
                tagged("The event as it is now.", schemas.told::<EventView>()),
            )],
            problems: [
                &EVENT[..],
                &KEYED,
                &CHANGE,
                &[
                    Kind::NotJson,
                    Kind::InvalidField,
                    Kind::InvalidParameter,
                    Kind::IsASeries,
                ],
            ]
            .concat(),
            description: "Whoever is invited hears of what differs. Of a series PUT the calendar.",
            ..operation(
                "PATCH /event/{uid}",
                "changeEvent",
                "event",
                "Changes what is named of an event that takes place once.",
            )
        },
        Operation {
            parameters: vec![uid(), if_match(), idempotency_key()],
            body: Some(event_body(None, false)),
            answers: vec![(
                200,
                tagged("The event as it is now.", schemas.told::<EventView>()),
            )],
            problems: [&EVENT[..], &KEYED, &CHANGE].concat(),
            description: "Without a body the whole event; a calendar with RECURRENCE-ID names dates of a series. Cancelling twice is \
                cancelling once.",
            ..operation(
                "POST /event/{uid}/cancel",
                "cancelEvent",
                "event",
                "Cancels an event; everybody who is invited hears of it.",
            )
        },
    ]
}

fn jobs(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![uid(), idempotency_key()],
            body: Some(body(schemas.asked::<ListBody>(), false)),
            answers: vec![(
                201,
                answer("Where to put the list.", schemas.told::<AnnouncedView>()),
            )],
            problems: [&BODY[..], &EVENT, &KEYED, &[Kind::EventCancelled]].concat(),
            description: "PUT the file to the address within the hour, without a token; that begins the work.",
            ..operation(
                "POST /event/{uid}/lists",
                "announceList",
                "jobs",
                "Announces a list of people to invite, of up to 512 MB.",
            )
        },
        Operation {
            parameters: vec![uid(), idempotency_key()],
            body: Some(body(schemas.asked::<ReminderBody>(), false)),
            answers: vec![(
                202,
                answer("The job that reminds them.", schemas.told::<JobView>()),
            )],
            problems: [
                &BODY[..],
                &EVENT,
                &KEYED,
                &[
                    Kind::EventCancelled,
                    Kind::EventBegun,
                    Kind::OrganizerSuspended,
                ],
            ]
            .concat(),
            description: "Each at most once in 24 hours and three times for an event, and nobody who has answered by the time his letter \
                goes. While one is prepared or waits, that is the answer.",
            ..operation(
                "POST /event/{uid}/remind",
                "remind",
                "jobs",
                "Reminds everybody who has not answered.",
            )
        },
        Operation {
            parameters: vec![uid()],
            answers: vec![(
                202,
                answer("The job that writes it.", schemas.told::<ReportView>()),
            )],
            problems: EVENT.to_vec(),
            description: "The organizer gets it by mail, attached or, where it is larger than 1 MB, as a link that works for seven \
                days. While one is being written, that is the answer.",
            ..operation(
                "POST /event/{uid}/report",
                "askForReport",
                "jobs",
                "Asks for a table of all attendees and their answers, by mail to the organizer.",
            )
        },
        Operation {
            parameters: vec![uid()],
            answers: vec![(
                202,
                answer("The job that writes it.", schemas.told::<ReportView>()),
            )],
            problems: EVENT.to_vec(),
            is_deprecated: true,
            ..operation(
                "GET /event/{uid}/report",
                "askForReportByOldMethod",
                "jobs",
                "The same, by the old system's method.",
            )
        },
        Operation {
            parameters: vec![uid(), if_none_match()],
            answers: read("The jobs.", schemas.told::<JobsView>()),
            problems: EVENT.to_vec(),
            ..operation(
                "GET /event/{uid}/jobs",
                "readJobs",
                "jobs",
                "Lists, the telling of changes and cancellations, reminders, and reports, the newest first.",
            )
        },
        Operation {
            parameters: vec![uid(), job(), if_none_match()],
            answers: read("The job.", schemas.told::<AnyJobView>()),
            problems: vec![Kind::UnknownEvent, Kind::UnknownJob],
            ..operation(
                "GET /event/{uid}/jobs/{job}",
                "readJob",
                "jobs",
                "How far a job has come.",
            )
        },
        Operation {
            parameters: vec![uid(), job(), idempotency_key()],
            answers: vec![(200, answer("The job, stopped.", schemas.told::<JobView>()))],
            problems: vec![
                Kind::InvalidHeader,
                Kind::KeyReused,
                Kind::InProgress,
                Kind::UnknownEvent,
                Kind::UnknownJob,
                Kind::TooLateToStop,
                Kind::StopSuperseded,
                Kind::NotHeld,
            ],
            description: "Nothing of it is sent. Stopping twice is stopping once.",
            ..operation(
                "POST /event/{uid}/jobs/{job}/stop",
                "stopJob",
                "jobs",
                "Stops a job while it waits.",
            )
        },
    ]
}

fn organizers(schemas: &mut Schemas) -> Vec<Operation> {
    let list = |route, id, summary| Operation {
        parameters: vec![organizer(), limit(), after("`next`"), if_none_match()],
        problems: vec![
            Kind::InvalidParameter,
            Kind::InvalidCursor,
            Kind::UnknownOrganizer,
        ],
        ..operation(route, id, "organizer", summary)
    };
    let by_path = list(
        "GET /organizer/{organizer}/events",
        "readOrganizerEvents",
        "His events, the last changed first.",
    );
    let by_old_path = list(
        "GET /organizer/shadow/{organizer}/events",
        "readOrganizerEventsByOldPath",
        "The same, by the old system's address.",
    );
    vec![
        Operation {
            answers: read("A page of events.", schemas.told::<EventsView>()),
            ..by_path
        },
        Operation {
            parameters: vec![organizer(), if_none_match()],
            answers: read("The statistics.", schemas.told::<StatisticsView>()),
            problems: vec![Kind::UnknownOrganizer],
            ..operation(
                "GET /organizer/{organizer}/statistics",
                "readOrganizerStatistics",
                "organizer",
                "How many are invited to his events together, and what they answered.",
            )
        },
        Operation {
            is_deprecated: true,
            answers: read("A page of events.", schemas.told::<EventsView>()),
            ..by_old_path
        },
        Operation {
            is_deprecated: true,
            parameters: vec![limit(), after("`next`")],
            body: Some(body(schemas.asked::<OrganizerBody>(), true)),
            answers: vec![(
                200,
                answer("A page of events.", schemas.told::<EventsView>()),
            )],
            problems: [
                &BODY[..],
                &[
                    Kind::InvalidParameter,
                    Kind::InvalidCursor,
                    Kind::UnknownOrganizer,
                ],
            ]
            .concat(),
            ..operation(
                "POST /organizer/events",
                "readOrganizerEventsByBody",
                "organizer",
                "The same, the organizer in the body.",
            )
        },
    ]
}

fn system(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![limit(), after("`next`"), if_none_match()],
            answers: read("A page of events.", schemas.told::<EventsView>()),
            problems: vec![Kind::InvalidParameter, Kind::InvalidCursor],
            description: "A page may have fewer than asked for, and none, and yet lead on.",
            ..operation(
                "GET /system/events",
                "readSystemEvents",
                "system",
                "All events, the last changed first.",
            )
        },
        Operation {
            parameters: vec![if_none_match()],
            answers: read("The statistics.", schemas.told::<StatisticsView>()),
            ..operation(
                "GET /system/statistics",
                "readSystemStatistics",
                "system",
                "How many are invited in all, and what they answered.",
            )
        },
    ]
}

fn open() -> Vec<Operation> {
    let unsubscribe = |route, id, summary, done| Operation {
        parameters: vec![json!({
            "name": "ticket", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
            "description": "As it stands in a letter's List-Unsubscribe.",
        })],
        answers: vec![(200, page(done)), (404, page("No ticket of ours."))],
        ..operation(route, id, "people", summary)
    };
    vec![
        unsubscribe(
            "GET /unsubscribe/{ticket}",
            "askUnsubscribe",
            "Asks whether somebody wants no more mail of an organizer; changes nothing.",
            "The question.",
        ),
        unsubscribe(
            "POST /unsubscribe/{ticket}",
            "unsubscribe",
            "Records it (RFC 8058); the page's second form has the reader erased.",
            "It is done.",
        ),
        Operation {
            parameters: vec![json!({
                "name": "ticket", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
                "description": "As it stands in the organizer's letter.",
            })],
            answers: vec![
                (302, leads("Where the table is, for 15 minutes.")),
                (404, page("No ticket of ours.")),
                (410, page("The report is not kept any more.")),
            ],
            ..operation(
                "GET /report/{ticket}",
                "readReport",
                "people",
                "The attendee report that was too large for mail.",
            )
        },
        Operation {
            answers: vec![
                (
                    200,
                    json!({"description": "This.", "content": {"application/json": {"schema": {"type": "object"}}}}),
                ),
                not_modified(),
            ],
            parameters: vec![if_none_match()],
            ..operation(
                "GET /openapi.json",
                "readDescription",
                "api",
                "This description.",
            )
        },
        Operation {
            answers: vec![(200, page("A page."))],
            ..operation(
                "GET /docs",
                "readDocs",
                "api",
                "This description for people.",
            )
        },
    ]
}

fn page(description: &str) -> Value {
    json!({"description": description, "content": {"text/html": {"schema": {"type": "string"}}}})
}

fn leads(description: &str) -> Value {
    json!({
        "description": description,
        "headers": {"Location": {"description": "There.", "schema": {"type": "string"}}},
    })
}

/// With nothing but its name.
fn operation(
    route: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
) -> Operation {
    Operation {
        route,
        id,
        tag,
        summary,
        description: "",
        parameters: Vec::new(),
        body: None,
        answers: Vec::new(),
        problems: Vec::new(),
        is_deprecated: false,
    }
}

fn uid() -> Value {
    json!({
        "name": "uid", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[a-z0-9]{40}$"},
        "description": "The event.",
    })
}

fn job() -> Value {
    json!({
        "name": "job", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
        "description": "The job, as the list of jobs names it.",
    })
}

fn organizer() -> Value {
    json!({
        "name": "organizer", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
        "description": "His address.",
    })
}

fn limit() -> Value {
    json!({
        "name": "limit", "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "description": "Most rows of a page.",
    })
}

fn after(whence: &str) -> Value {
    json!({
        "name": "after", "in": "query", "schema": {"type": "string"},
        "description": format!("Reads on where a page ended: take it from {whence}, as it is."),
    })
}

fn unmasked() -> Value {
    json!({
        "name": UNMASKED, "in": "query", "schema": {"type": "boolean", "default": false},
        "description": "Whole addresses and names; needs the scope attendees:read:unmasked, too.",
    })
}

fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "schema": {"type": "string"},
        "description": "The ETag of an answer you have.",
    })
}

fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "schema": {"type": "string"},
        "description": "The ETag of the event as you have seen it: nothing happens if it has changed since.",
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": HEADER, "in": "header", "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "description": "Names this request among yours, like a UUID: asked again within a day it is answered the same and not done again.",
    })
}

fn uninvited() -> Value {
    json!({
        "name": "uninvited", "in": "query", "schema": {"type": "string", "enum": ["open", "approve", "closed"]},
        "description": "Who else may answer: whoever was passed an invitation on, those the organizer says yes to, nobody.",
    })
}

fn seats() -> Value {
    json!({
        "name": "seats", "in": "query", "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,5}|1000000|unlimited)$"},
        "description": "How many can come: who accepts when all places are taken waits, and is let in when there is one. Who has one keeps \
            it, also where the number is lowered.",
    })
}

fn tagged(description: &str, schema: Schema) -> Value {
    let mut answer = answer(description, schema);
    answer["headers"] = json!({
        "ETag": {"description": "For If-Match.", "schema": {"type": "string"}},
        "Location": {"description": "Where it is read.", "schema": {"type": "string"}},
    });
    answer
}

/// A calendar, and where there is a schema JSON, too.
fn event_body(json: Option<Schema>, required: bool) -> Value {
    let mut content = json!({"text/calendar": {"schema": {
        "type": "string", "description": "A VCALENDAR (RFC 5545) of one event, in UTF-8.",
    }}});
    if let Some(schema) = json {
        content["application/json"] = json!({"schema": schema});
    }
    json!({"required": required, "content": content})
}

fn read(description: &str, schema: Schema) -> Vec<(u16, Value)> {
    let mut answer = answer(description, schema);
    answer["headers"] = json!({
        "ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}},
    });
    vec![(200, answer), not_modified()]
}

fn not_modified() -> (u16, Value) {
    (304, json!({"description": "It is as you have it."}))
}

fn answer(description: &str, schema: Schema) -> Value {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

fn body(schema: Schema, required: bool) -> Value {
    json!({"required": required, "content": {"application/json": {"schema": schema}}})
}
