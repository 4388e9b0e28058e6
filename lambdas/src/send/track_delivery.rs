//! SES tells what became of a letter: it is kept with its attendee, and an address that takes no mail gets none any
//! more.

use cloud::{
    Cloud, clock,
    delivery_event::{self, DeliveryEvent, Happened},
    env::Reader,
    table::{Stored, Table},
};
use invite::{address::Address, delivery::Suppressed, id::Uid};

use crate::{
    decide::attempts::until_stored,
    functions::{Function, Right, Trigger},
    shell::{Handled, Message, about_event, about_mail, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "track-delivery",
    handler: "track_delivery",
    purpose: "Keeps what SES tells of each letter: bounced, complained, rejected, delayed; stops mail to dead addresses.",
    error_impact: "Bounces and complaints are not taken note of: mail goes on to addresses that take none, until the queue is read.",
    trigger: Trigger::Queue {
        topics: &["delivery-events"],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE"],
    rights: &[Right {
        on: "table",
        actions: &[
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    }],
    run: || Box::pin(run()),
};

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    env.finish(Some(()))?;
    let table = Table::new(&Cloud::from_env().await, table);
    serve_queue(async |message| handle(&table, message).await).await
}

async fn handle(table: &Table, message: Message) -> Handled {
    let happened = match delivery_event::read(&message.body)? {
        DeliveryEvent::Setup => return Ok("setup"),
        DeliveryEvent::Nothing => return Ok("of-no-account"),
        DeliveryEvent::Happened(happened) => happened,
    };
    about_mail(&happened.mail_id);
    let mut said = "of-a-notice";
    // Mail goes to the ASCII form of a domain (RFC 5890); people are invited by the one they write.
    for recipient in happened
        .recipients
        .iter()
        .map(Address::with_readable_domain)
    {
        // First, so that whoever sees what happened to the letter finds the address closed. Twice is harmless.
        if let Some(why) = happened.fact.state.ends_all() {
            let suppressed = Suppressed {
                address: recipient.clone(),
                why,
                at: happened.fact.at,
            };
            // A conflict: it was known.
            let _ = table.suppress(&suppressed, clock::now()).await?;
        }
        if let Some(uid) = &happened.uid {
            about_event(uid.as_str());
            said = until_stored(async || keep(table, uid, &recipient, &happened).await).await?;
        }
    }
    Ok(said)
}

/// Load, decide, store; `None` when somebody else was quicker.
async fn keep(
    table: &Table,
    uid: &Uid,
    attendee: &Address,
    happened: &Happened,
) -> anyhow::Result<Option<&'static str>> {
    let Some(known) = table.delivery(uid, attendee).await? else {
        // Taken out since, or it was a letter to the organizer about one of his events.
        return Ok(Some("not-invited"));
    };
    let after = known.delivery.with(happened.fact.clone());
    if after == known.delivery {
        return Ok(Some("known"));
    }
    let stored = table.store_delivery(uid, attendee, &known, &after).await?;
    Ok((stored == Stored::Done).then_some("kept"))
}
