//! What each route is for, takes and answers.

mod keys;
mod orders;

use schemars::Schema;
use serde_json::{Value, json};

use super::{Operation, Schemas};
use crate::{
    api::{
        attendees::{AttendeesView, UNMASKED},
        cursor::{DEFAULT_LIMIT, MAX_LIMIT},
        event_list::EventsView,
        invites::{InvitedView, InvitesBody},
        jobs::{JobView, JobsView},
        lists::{AnnouncedView, ListBody},
        organizer_api::OrganizerBody,
        views::{EventView, StatisticsView},
    },
    shell::Kind,
};

pub(super) const DESCRIPTION: &str = "\
Events registered from calendar mail, who is invited to them, and what became of it.\n\n\
Times are epoch seconds unless something else is said. Errors are problem documents (RFC 9457); their `type`s are stable. \
A list that is long comes in pages: hand `after` back as it was given. What is read has an ETag: who asks again with \
If-None-Match gets 304 if nothing has changed. Bodies are JSON of at most 1 MB. Callers are known by a token or a key; who may \
what is told with each operation. What a caller may not see is answered as if it were not there.";

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
const BODY: [Kind; 4] = [
    Kind::NotJson,
    Kind::InvalidField,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
];

pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    [
        events(schemas),
        jobs(schemas),
        organizers(schemas),
        system(schemas),
        keys::all(schemas),
        orders::all(schemas),
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
            parameters: vec![
                uid(),
                limit(),
                after("`next`"),
                json!({
                    "name": UNMASKED, "in": "query", "schema": {"type": "boolean", "default": false},
                    "description": "Whole addresses and names; needs the scope attendees:read:unmasked, too.",
                }),
                if_none_match(),
            ],
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
            parameters: vec![uid()],
            body: Some(body(schemas.asked::<InvitesBody>(), true)),
            answers: vec![(
                202,
                answer("What comes of each row.", schemas.told::<InvitedView>()),
            )],
            problems: [&BODY[..], &EVENT, &[Kind::EventCancelled]].concat(),
            description: "Asking twice invites once. Whether the organizer may invite is checked before anything is sent.",
            ..operation(
                "POST /event/{uid}/invites",
                "invite",
                "event",
                "Invites up to 100 people.",
            )
        },
    ]
}

fn jobs(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![uid()],
            body: Some(body(schemas.asked::<ListBody>(), false)),
            answers: vec![(
                201,
                answer("Where to put the list.", schemas.told::<AnnouncedView>()),
            )],
            problems: [&BODY[..], &EVENT, &[Kind::EventCancelled]].concat(),
            description: "PUT the file to the address within the hour, without a token; that begins the work.",
            ..operation(
                "POST /event/{uid}/lists",
                "announceList",
                "jobs",
                "Announces a list of people to invite, of up to 512 MB.",
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
                "Lists, and the telling of changes and cancellations, the newest first.",
            )
        },
        Operation {
            parameters: vec![uid(), job(), if_none_match()],
            answers: read("The job.", schemas.told::<JobView>()),
            problems: vec![Kind::UnknownEvent, Kind::UnknownJob],
            ..operation(
                "GET /event/{uid}/jobs/{job}",
                "readJob",
                "jobs",
                "How far a job has come.",
            )
        },
        Operation {
            parameters: vec![uid(), job()],
            answers: vec![(200, answer("The job, stopped.", schemas.told::<JobView>()))],
            problems: vec![
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
    let page = |description: &str| json!({"description": description, "content": {"text/html": {"schema": {"type": "string"}}}});
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
            "Records it (RFC 8058).",
            "It is done.",
        ),
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

fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "schema": {"type": "string"},
        "description": "The ETag of an answer you have.",
    })
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
