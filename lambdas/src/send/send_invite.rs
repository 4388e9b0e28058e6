//! An attendee was added: his invitation. And what one of his own mails asked for: both are for one person, who waits.

use cloud::table::Kind;
use invite::{
    event::OwedLetter,
    letter::{self, Asked, Letter, LetterError},
};

use super::post::{self, Told};
use crate::functions::Function;

pub(crate) const FUNCTION: Function = post::sends(
    "send-invite",
    "send_invite",
    "Sends one invitation, or what an attendee has asked for.",
    "Invitations, and letters attendees have asked for, wait in the queue.",
    || {
        Box::pin(post::serve(|kind| match kind {
            Kind::Invite => Some(invitation),
            Kind::Owed => Some(owed),
            Kind::Update | Kind::Cancellation | Kind::Reminder => None,
        }))
    },
);

fn invitation(told: &Told<'_>) -> Result<Vec<Letter>, LetterError> {
    // A guest or a delegate has answered before he is invited.
    let letter = letter::invite(
        told.event,
        &told.attendee.mailbox,
        &told.answers(),
        told.sender,
    )?;
    Ok(vec![letter])
}

fn owed(told: &Told<'_>) -> Result<Vec<Letter>, LetterError> {
    let Told {
        event,
        attendee,
        sender,
        ..
    } = *told;
    let (Some(owed), answers) = (&attendee.owed, told.answers()) else {
        return Ok(Vec::new());
    };
    let to = &attendee.mailbox;
    let asked = Asked {
        digest: &owed.digest,
        at: owed.asked,
        message_id: None,
    };
    let current = || letter::current(event, to, &answers, &asked, sender);
    Ok(match &owed.letter {
        OwedLetter::AskBack => vec![letter::ask_back(event, to, &asked, sender)?],
        OwedLetter::WaitingList => {
            vec![letter::waiting_list(event, to, &answers, &asked, sender)?]
        }
        OwedLetter::Seat => vec![letter::seat(event, to, &answers, &asked, sender)?],
        _ if event.is_cancelled() => vec![letter::cancellation(event, to, &answers, sender)?],
        OwedLetter::Current => vec![current()?],
        OwedLetter::DeclineCounter { instance } => vec![
            letter::decline_counter(event, to, &answers, instance.as_ref(), &asked, sender)?,
            current()?,
        ],
    })
}
