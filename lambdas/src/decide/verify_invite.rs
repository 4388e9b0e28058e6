//! Somebody is to be invited: may the organizer, does the person want it, is there room? Sending follows from the stored
//! attendee.

use anyhow::Context;
use cloud::{
    Cloud, clock,
    env::Reader,
    table::{RefusedInvitation, Stored, Table},
    tenant::Tenant,
};
use invite::{
    address::Mailbox,
    decide::{self, AttendeeWrite, Invite, InviteDecision, Limits, NotInvited, Standing},
    id::Uid,
};

use super::attempts::until_stored;
use crate::{
    functions::{Function, Right, Trigger},
    messages::{self, InviteMessage},
    shell::{Handled, Message, about_event, serve_queue},
};

pub(crate) const FUNCTION: Function = Function {
    name: "verify-invite",
    handler: "verify_invite",
    purpose: "Checks one invite request: organizer, event, limit, block, duplicates; adds the attendee.",
    error_impact: "Invitations requested by API wait in the queue.",
    trigger: Trigger::Queue {
        topics: &[],
        batch_size: 10,
        max_concurrency: 5,
    },
    timeout_secs: 30,
    memory_mb: 256,
    environment: &["DYNAMODB_TABLE", "TENANT"],
    rights: &[Right {
        on: "table",
        actions: &[
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    }],
    run: || Box::pin(run()),
};

struct Needs {
    table: Table,
    limits: Limits,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let table = env.text("DYNAMODB_TABLE");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let tenant = env.finish(tenant)?;
    let cloud = Cloud::from_env().await;
    let needs = Needs {
        table: Table::new(&cloud, table),
        limits: tenant.limits,
    };
    serve_queue(async |message| handle(&needs, message).await).await
}

async fn handle(needs: &Needs, message: Message) -> Handled {
    let message: InviteMessage = messages::read(&message.body)?;
    let uid = Uid::parse(&message.uid).context("the message names no event")?;
    about_event(uid.as_str());
    let invite = Invite {
        mailbox: Mailbox::try_from(message.attendee)?,
        origin: message.origin.into(),
    };
    until_stored(async || decide_once(needs, &uid, &invite).await).await
}

/// Load, decide, store; `None` when somebody else was quicker.
async fn decide_once(
    needs: &Needs,
    uid: &Uid,
    invite: &Invite,
) -> anyhow::Result<Option<&'static str>> {
    let table = &needs.table;
    let now = clock::now();
    let address = &invite.mailbox.address;
    let event = table.event(uid).await?;
    let already = table.attendee(uid, address).await?;
    let (standing, unwanted) = match &event {
        Some(event) => {
            let organizer = &event.organizer.address;
            (
                table.standing(organizer, now).await?,
                table.unwanted(address, organizer).await?,
            )
        }
        None => (Standing::default(), None),
    };
    let invited_so_far = table.invited_so_far(uid).await?;
    let decision = decide::invite(
        event.as_ref(),
        already.as_ref(),
        unwanted,
        &standing,
        &needs.limits,
        invited_so_far,
        invite,
        now,
    );
    match decision {
        InviteDecision::Invite(attendee) => {
            let write = AttendeeWrite::Invite(attendee);
            let stored = table
                .store_attendees(uid, &[write], needs.limits.invites_of(&standing))
                .await?;
            Ok((stored == Stored::Done).then_some("invited"))
        }
        // Asked twice, or this message delivered twice: he is invited, which is no refusal.
        InviteDecision::Refuse(reason @ NotInvited::AlreadyInvited) => Ok(Some(reason.code())),
        InviteDecision::Refuse(reason) => {
            let refused = RefusedInvitation {
                reason: reason.code().to_owned(),
                limit: match reason {
                    NotInvited::InviteLimit { limit } => Some(limit),
                    _ => None,
                },
                decided: now,
            };
            table
                .record_refused_invitation(uid, address, &refused)
                .await?;
            Ok(Some(reason.code()))
        }
    }
}
