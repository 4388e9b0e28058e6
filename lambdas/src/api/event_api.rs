//! One event: what it is, its statistics, what became of its mail, inviting people to it.

use cloud::{
    Cloud,
    blobs::Blobs,
    env::Reader,
    queues::Queue,
    shape::OriginCode,
    table::{StatisticsShape, Table},
};
use invite::{event::Event, id::Uid};
use serde_json::json;

use super::{caller::Caller, deliveries, invites, jobs, lists, views};
use crate::{
    functions::{Function, Right, Route, Trigger},
    messages::{self, InviteMessage},
    shell::{Answer, Request, about_event, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "event-api",
    handler: "event_api",
    purpose: "What is asked and told of one event: itself, its statistics, invitations, lists and their jobs.",
    error_impact: "The API answers 500.",
    trigger: Trigger::Http {
        routes: &[
            Route {
                method: "GET",
                path: "/event/{uid}",
            },
            Route {
                method: "GET",
                path: "/event/{uid}/statistics",
            },
            Route {
                method: "GET",
                path: "/event/{uid}/deliveries",
            },
            Route {
                method: "POST",
                path: "/event/{uid}/invites",
            },
            Route {
                method: "POST",
                path: "/event/{uid}/lists",
            },
            Route {
                method: "GET",
                path: "/event/{uid}/jobs",
            },
            Route {
                method: "GET",
                path: "/event/{uid}/jobs/{job}",
            },
            Route {
                method: "POST",
                path: "/event/{uid}/jobs/{job}/stop",
            },
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "INBOX_BUCKET", "SQS_URL"],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "uploads",
            actions: &["s3:PutObject"],
        },
        Right {
            on: "lists",
            actions: &["s3:GetObject"],
        },
        Right {
            on: "queue verify-invite",
            actions: &["sqs:SendMessage"],
        },
    ],
    run: || Box::pin(run()),
};

pub(super) struct Needs {
    pub(super) table: Table,
    pub(super) lists: Blobs,
    verify: Queue,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let lists = env.text("INBOX_BUCKET");
    let verify = env.text("SQS_URL");
    env.finish(Some(()))?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        lists: Blobs::new(&cloud, lists),
        verify: Queue::new(&cloud, verify),
    };
    serve_http(async |request| handle(&needs, &request).await).await
}

async fn handle(needs: &Needs, request: &Request) -> anyhow::Result<Answer> {
    let caller = request.claims().map_or(Caller::Nobody, Caller::of);
    if caller == Caller::Nobody {
        return Ok(Answer::problem(
            403,
            "not-allowed",
            "Your token says neither that you are an administrator nor which verified e-mail address is yours.",
        ));
    }
    let Some(uid) = Uid::parse(request.parameter("uid")) else {
        return Ok(unknown_event());
    };
    about_event(uid.as_str());
    // An event of somebody else is answered as one that is not there: uids are not to be found out by asking.
    let event = needs.table.event(&uid).await?;
    let Some(event) = event.filter(|event| may_see(&caller, event)) else {
        return Ok(unknown_event());
    };
    match request.route_key.as_str() {
        "GET /event/{uid}" => Ok(Answer::Done(200, views::event(&event))),
        "GET /event/{uid}/statistics" => {
            let statistics = needs.table.statistics(&uid).await?;
            let shape = StatisticsShape::from(&statistics);
            Ok(Answer::Done(200, serde_json::to_value(shape)?))
        }
        "GET /event/{uid}/deliveries" => deliveries::answer(&needs.table, &uid, request).await,
        "POST /event/{uid}/invites" => invite(needs, &event, request).await,
        "POST /event/{uid}/lists" => lists::begin(needs, &event, request).await,
        "GET /event/{uid}/jobs" => jobs::all(needs, &event).await,
        "GET /event/{uid}/jobs/{job}" => jobs::one(needs, &event, request.parameter("job")).await,
        "POST /event/{uid}/jobs/{job}/stop" => {
            jobs::stop(needs, &event, request.parameter("job")).await
        }
        other => anyhow::bail!("the API sent {other}, which is none of this function's routes"),
    }
}

fn may_see(caller: &Caller, event: &Event) -> bool {
    match caller {
        Caller::Admin => true,
        Caller::Organizer(address) => *address == event.organizer.address,
        Caller::Nobody => false,
    }
}

fn unknown_event() -> Answer {
    Answer::problem(
        404,
        "unknown-event",
        "There is no event of that uid among those you may see.",
    )
}

async fn invite(needs: &Needs, event: &Event, request: &Request) -> anyhow::Result<Answer> {
    if event.is_cancelled() {
        return Ok(Answer::problem(
            409,
            "event-cancelled",
            "The event is cancelled, so nobody can be invited to it.",
        ));
    }
    let Some(body) = request.body() else {
        return Ok(Answer::problem(400, "not-json", "The body is not JSON."));
    };
    let invites = match invites::read(&body) {
        Ok(invites) => invites,
        Err(problem) => return Ok(problem),
    };
    let messages = invites
        .accepted
        .iter()
        .map(|person| {
            messages::write(&InviteMessage {
                uid: event.uid.as_str().to_owned(),
                attendee: person.into(),
                origin: OriginCode::Api,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    needs.verify.send_all(&messages).await?;
    Ok(Answer::Done(
        202,
        json!({"event": event.uid.as_str(), "invites": invites.rows}),
    ))
}
