//! Which mailboxes of ours a mail came to.

use super::{EventSettings, Policy};
use crate::{
    address::Address,
    id::{ApprovalToken, ReplyToken, StopToken, Uid},
};

/// The mailboxes that take commands among a mail's envelope recipients.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mailboxes {
    /// `create@`: REQUEST and CANCEL, and replies of clients that answer where the invitation came from.
    pub create: Option<Address>,
    /// What the mailbox says of the event: `create+open@`, `create+approve@`, `create+closed@`, `create+seats-50@`.
    pub settings: EventSettings,
    /// `rsvp@`: replies.
    pub rsvp: Option<Address>,
    /// `rsvp+<uid>-<token>@`: an organizer's yes or no to somebody uninvited.
    pub approval: Option<(Uid, ApprovalToken)>,
    /// `stop+<uid>-<token>@`: an organizer's word about what waits to be sent.
    pub stop: Option<(Uid, StopToken)>,
    /// `unsubscribe@`: no more mail.
    pub unsubscribe: Option<Address>,
    /// `bulk@`: lists.
    pub bulk: Option<Address>,
    /// `bulk+dry-run@`: what a list would do.
    pub dry_run: bool,
    /// A signed address, `<slug>+<token>@`, whether or not its token has the form of one: replies. A client that
    /// spoilt the token leaves an answer that its sender can still prove.
    pub signed: Option<Address>,
    /// The token of the signed address.
    pub token: Option<ReplyToken>,
}

impl Mailboxes {
    /// Whether a reply may come here.
    #[must_use]
    pub fn take_replies(&self) -> bool {
        self.create.is_some() || self.rsvp.is_some() || self.signed.is_some()
    }
}

/// Sorts envelope recipients by what they take; those of other domains take nothing.
#[must_use]
pub fn mailboxes(recipients: &[Address], policy: &Policy) -> Mailboxes {
    let mut mailboxes = Mailboxes::default();
    for recipient in recipients {
        if !recipient.domain().eq_ignore_ascii_case(&policy.mail_domain) {
            continue;
        }
        let recipient = recipient.clone();
        match recipient.local() {
            "create" => mailboxes.create = Some(recipient),
            "rsvp" => mailboxes.rsvp = Some(recipient),
            "bulk" => mailboxes.bulk = Some(recipient),
            "unsubscribe" => mailboxes.unsubscribe = Some(recipient),
            "bulk+dry-run" => {
                mailboxes.dry_run = true;
                mailboxes.bulk = Some(recipient);
            }
            local => {
                let settings = local.strip_prefix("create+").and_then(EventSettings::parse);
                if let Some(settings) = settings {
                    mailboxes.settings = settings;
                    mailboxes.create = Some(recipient);
                } else if let Some(approval) = local.strip_prefix("rsvp+").and_then(approval) {
                    mailboxes.approval = Some(approval);
                } else if let Some(stop) = local.strip_prefix("stop+").and_then(stop) {
                    mailboxes.stop = Some(stop);
                } else if let Some((_, token)) = local.rsplit_once('+') {
                    mailboxes.token = mailboxes.token.or_else(|| ReplyToken::parse(token));
                    mailboxes.signed = mailboxes.signed.or(Some(recipient));
                }
            }
        }
    }
    mailboxes
}

fn stop(detail: &str) -> Option<(Uid, StopToken)> {
    let (uid, token) = detail.split_once('-')?;
    Some((Uid::parse(uid)?, StopToken::parse(token)?))
}

fn approval(detail: &str) -> Option<(Uid, ApprovalToken)> {
    let (uid, token) = detail.split_once('-')?;
    Some((Uid::parse(uid)?, ApprovalToken::parse(token)?))
}
