//! The page behind List-Unsubscribe: looking at it changes nothing, its button, or a mail program's one click, does. A second
//! button erases; no one click does, for it posts what only the page has.

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
    table::{AskedBy, Said, Table},
    tenant::Tenant,
};
use invite::{
    erasure::Nonce,
    event::Event,
    letter::Sender,
    page::{self, Unsubscribe},
    unsubscribe::Ticket,
};

use crate::{
    erase::{Begun, begin},
    functions::{Function, Right, Route, Trigger},
    shell::{Failed, Page, RawBody, Started, about_event, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "unsubscribe-page",
    handler: "unsubscribe_page",
    purpose: "GET and POST /unsubscribe/{ticket}: asks whether somebody wants no more mail of an organizer, or to be erased; records it.",
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
                "dynamodb:Query",
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
    asks(&needs, &ticket, &event)
}

fn asks(needs: &Needs, ticket: &Ticket, event: &Event) -> Result<Response, Failed> {
    shown(
        needs,
        Unsubscribe::Asks {
            attendee: ticket.attendee(),
            organizer: &event.organizer,
            nonce: &Nonce::issue(&needs.sender.key, ticket, clock::now()),
        },
    )
}

/// What a post to a ticket's address asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    /// Peace: who posts there means it, whatever else the request holds (RFC 8058 section 3.2).
    Peace,
    /// To be erased, by the second button.
    Erasure {
        /// What the page was shown with, if that has the form of one.
        nonce: Option<Nonce>,
        /// It is ticked that he means it.
        is_sure: bool,
    },
}

impl Asked {
    fn read(body: &[u8]) -> Self {
        let form = std::str::from_utf8(body).unwrap_or_default();
        let field = |name: &str| {
            let mut fields = form.split('&').filter_map(|field| field.split_once('='));
            fields.find(|(found, _)| *found == name)
        };
        match field("erase") {
            None => Self::Peace,
            Some((_, nonce)) => Self::Erasure {
                nonce: Nonce::parse(nonce),
                is_sure: field("sure").is_some_and(|(_, sure)| sure == "yes"),
            },
        }
    }
}

async fn record(
    State(needs): State<Arc<Needs>>,
    Path(ticket): Path<String>,
    RawBody(body): RawBody,
) -> Result<Response, Failed> {
    let Some((ticket, event)) = held(&needs, &ticket).await? else {
        return unknown(&needs);
    };
    let erases = match Asked::read(&body) {
        Asked::Peace => false,
        Asked::Erasure {
            nonce: Some(nonce),
            is_sure: true,
        } if nonce.proves(&needs.sender.key, &ticket, clock::now()) => true,
        // The page lay open too long, or no page of ours was it: it asks again.
        Asked::Erasure { .. } => return asks(&needs, &ticket, &event),
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
    if !erases {
        return shown(
            &needs,
            Unsubscribe::Done {
                attendee,
                organizer,
            },
        );
    }
    let key = &needs.sender.key;
    let begun = begin(&needs.table, key, attendee, AskedBy::Page, clock::now()).await?;
    shown(
        &needs,
        match begun {
            Begun::Runs(_) => Unsubscribe::Erases {
                attendee,
                organizer,
            },
            Begun::Organizes => Unsubscribe::Organizes {
                attendee,
                organizer,
            },
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

#[cfg(test)]
mod tests {
    use invite::{
        address::Address,
        id::{TenantKey, Uid},
    };

    use super::*;

    #[test]
    fn whatever_a_mail_program_posts_asks_for_peace_and_only_the_second_button_for_more() {
        let key = TenantKey::new([7; 32]).unwrap();
        let [alice, bob] = ["alice@a.test", "bob@b.test"].map(|text| Address::parse(text).unwrap());
        let uid = Uid::parse(&"5f".repeat(20)).unwrap();
        let ticket = Ticket::issue(&key, &uid, &alice, &bob);
        let nonce = Nonce::issue(&key, &ticket, "2026-03-01T10:00:00Z".parse().unwrap());
        for body in [
            "",
            "{}",
            "List-Unsubscribe=One-Click",
            "------x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n------x--",
            "erase",
        ] {
            assert_eq!(Asked::read(body.as_bytes()), Asked::Peace, "{body}");
        }
        assert_eq!(Asked::read(&[0xff, 0xfe]), Asked::Peace);
        let posted = format!("erase={}&sure=yes", nonce.text());
        let erasure = |nonce, is_sure| Asked::Erasure { nonce, is_sure };
        assert_eq!(
            Asked::read(posted.as_bytes()),
            erasure(Some(nonce.clone()), true)
        );
        let unsure = format!("erase={}", nonce.text());
        assert_eq!(Asked::read(unsure.as_bytes()), erasure(Some(nonce), false));
        assert_eq!(Asked::read(b"erase=yes&sure=yes"), erasure(None, true));
    }
}
