//! The page behind List-Unsubscribe: looking at it changes nothing, its button, or a mail program's one click, does.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use cloud::{
    clock,
    env::Reader,
    table::{Said, Table},
    tenant::Tenant,
};
use invite::{
    event::Event,
    letter::Sender,
    page::{self, Unsubscribe},
    unsubscribe::Ticket,
};

use crate::{
    functions::{Function, Right, Route, Trigger},
    shell::{Failed, Page, Started, about_event, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "unsubscribe-page",
    handler: "unsubscribe_page",
    purpose: "GET and POST /unsubscribe/{ticket}: asks whether somebody wants no more mail of an organizer; records it.",
    error_impact: "People cannot unsubscribe by the link in their mail; they will call it spam instead.",
    trigger: Trigger::Page {
        routes: &[
            Route {
                method: "GET",
                path: "/unsubscribe/{ticket}",
            },
            Route {
                method: "POST",
                path: "/unsubscribe/{ticket}",
            },
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "MAIL_DOMAIN",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "table",
            actions: &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            ],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

struct Needs {
    table: Table,
    sender: Sender,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let mail_domain = env.text("MAIL_DOMAIN");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let (started, tenant) = Started::with(env, tenant).await?;
    let needs = Needs {
        sender: tenant.sender(&mail_domain, started.key),
        table: started.table,
    };
    let router = Router::new()
        .route("/unsubscribe/{ticket}", get(ask).post(record))
        .with_state(Arc::new(needs));
    serve_http(router).await
}

async fn ask(
    State(needs): State<Arc<Needs>>,
    Path(ticket): Path<String>,
) -> Result<Response, Failed> {
    let Some((ticket, event)) = held(&needs, &ticket).await? else {
        return unknown(&needs);
    };
    shown(
        &needs,
        Unsubscribe::Asks {
            attendee: ticket.attendee(),
            organizer: &event.organizer,
        },
    )
}

/// Whatever the request holds: who posts to a ticket's address means it (RFC 8058 section 3.2).
async fn record(
    State(needs): State<Arc<Needs>>,
    Path(ticket): Path<String>,
) -> Result<Response, Failed> {
    let Some((ticket, event)) = held(&needs, &ticket).await? else {
        return unknown(&needs);
    };
    let (attendee, organizer) = (ticket.attendee(), &event.organizer);
    let said = Said {
        by: "page",
        at: clock::now(),
        uid: Some(event.uid.as_str()),
    };
    // Conflicts: he had said so before; he was taken out of the event.
    let _ = needs
        .table
        .block(attendee, Some(&organizer.address), &said, clock::now())
        .await?;
    let _ = needs
        .table
        .show_blocked(&event.uid, attendee, clock::now())
        .await?;
    shown(
        &needs,
        Unsubscribe::Done {
            attendee,
            organizer,
        },
    )
}

fn shown(needs: &Needs, what: Unsubscribe<'_>) -> Result<Response, Failed> {
    let html = page::unsubscribe(what, &needs.sender).map_err(anyhow::Error::from)?;
    Ok(Page(html).into_response())
}

fn unknown(needs: &Needs) -> Result<Response, Failed> {
    let page = shown(needs, Unsubscribe::Unknown)?;
    Ok((StatusCode::NOT_FOUND, page).into_response())
}

/// A ticket that is right, and the event of its letter. An event that is gone is answered as a wrong ticket.
async fn held(needs: &Needs, text: &str) -> anyhow::Result<Option<(Ticket, Event)>> {
    let Some(ticket) = Ticket::parse(text) else {
        return Ok(None);
    };
    about_event(ticket.uid().as_str());
    let event = needs.table.event(ticket.uid()).await?;
    Ok(event
        .filter(|event| ticket.proves(&needs.sender.key, &event.organizer.address))
        .map(|event| (ticket, event)))
}
