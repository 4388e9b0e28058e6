//! What an attendee, or an organizer who was asked, says in plain words (D12).
//!
//! Which event is meant is read from what the mail answers (In-Reply-To, References): every letter of ours is
//! named by its event and that event's SEQUENCE. Nothing is guessed from the subject or a quoted text.

use super::{
    Answered, Approval, Command, FromAttendee, RefusalReason, Reply, Stop, attendee::up_to,
    classify::Asking,
};
use crate::{
    event::{Answer, Stamp},
    ical::Partstat,
    id::{ApprovalToken, Digest, StopToken, Uid},
    letter::about_of,
    mail::answer,
};

impl Asking<'_> {
    /// A mail without a calendar at a mailbox that takes answers.
    pub(super) fn words(&self) -> Result<Command, RefusalReason> {
        let Some((uid, sequence)) = self.answered_letter() else {
            return Err(if self.mailboxes.signed.is_some() {
                RefusalReason::WhichEvent
            } else {
                RefusalReason::NoCalendar
            });
        };
        let words = answer::read(self.mail);
        let by = FromAttendee {
            uid: uid.as_str().to_owned(),
            from: self.from.clone(),
            from_is_authenticated: self.has_an_authenticated_from(),
            token: self.mailboxes.token.clone(),
            attendee: None,
            prodid: None,
            arrived: self.receipt.arrived,
            mail_id: self.receipt.mail_id.clone(),
            digest: self.digest_of_words(),
        };
        let Some(partstat) = words.certain() else {
            return Ok(Command::Unclear(by));
        };
        let comment = up_to(words.comment.trim(), Answer::MAX_COMMENT_BYTES);
        Ok(Command::Reply(Reply {
            by,
            answers: vec![Answered {
                recurrence_id: None,
                partstat: Some(partstat),
                stamp: Stamp {
                    sequence,
                    dtstamp: self.mail.date.unwrap_or(self.receipt.arrived),
                },
                delegated_to: None,
                delegated_from: None,
                comment: Some(comment).filter(|comment| !comment.is_empty()),
                people: words.people,
            }],
        }))
    }

    /// A mail to the address an organizer was asked from.
    pub(super) fn approval(&self, uid: &Uid, token: &ApprovalToken) -> Approval {
        Approval {
            uid: uid.clone(),
            token: token.clone(),
            from: self.from.clone(),
            from_is_authenticated: self.has_an_authenticated_from(),
            verdict: match answer::read(self.mail).certain() {
                Some(Partstat::Accepted) => Some(true),
                Some(Partstat::Declined) => Some(false),
                _ => None,
            },
        }
    }

    /// A mail to the address an organizer was told from that something waits.
    pub(super) fn stop(&self, uid: &Uid, token: &StopToken) -> Stop {
        Stop {
            uid: uid.clone(),
            token: token.clone(),
            from: self.from.clone(),
            from_is_authenticated: self.has_an_authenticated_from(),
            says_stop: answer::says_stop(self.mail),
        }
    }

    /// The event, and its SEQUENCE then, of the letter this mail answers. In-Reply-To names that letter; SES replaces
    /// the Message-ID it would name, so References of ours are looked at, too. `None` also when they are of two events.
    fn answered_letter(&self) -> Option<(Uid, u32)> {
        let ours = |ids: &[String]| -> Vec<(Uid, u32)> {
            ids.iter()
                .filter_map(|id| about_of(id, &self.policy.mail_domain))
                .collect()
        };
        let mut letters = ours(&self.mail.in_reply_to);
        if letters.is_empty() {
            letters = ours(&self.mail.references);
        }
        let (uid, sequence) = letters.pop()?;
        letters
            .iter()
            .all(|(other, _)| *other == uid)
            .then_some((uid, sequence))
    }

    fn digest_of_words(&self) -> Digest {
        let id = self.mail.message_id.as_deref().unwrap_or_default();
        let text = self.mail.text.as_deref().unwrap_or_default();
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        let content = format!("{id}\n{}", lines.join("\n").trim_end());
        Digest::of(&self.from.address, content.as_bytes())
    }
}
