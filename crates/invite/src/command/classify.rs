//! mail + receipt → command or refusal. Pure; the order of the checks is the order of `semantics`: verdicts, one
//! From, loops, who sent it, where to, which calendar, what it says.

use super::{
    Calendars, Command, FoundCalendar, Mailboxes, Policy, Receipt, Refusal, RefusalReason, Sender,
    Verdict,
    authenticate::{Proof, only_from, sender},
    calendar::only_calendar,
    mailbox::mailboxes,
    organizer::{digest_of_calendar, stamp},
};
use crate::{
    address::{Address, Mailbox},
    event::Stamp,
    ical::{Method, Vevent},
    id::Digest,
    mail::{self, Mail, Unreadable},
    unsubscribe::{Ticket, Unsubscribe, ticket_in},
};

/// What a mail asks of us, or why it is not taken up and whom to tell.
///
/// Three rules that are easily confused:
/// - Mail from our own domain is never taken up.
/// - Automatic mail (RFC 3834) is neither taken up nor answered, but for a METHOD:REPLY, which is an answer also when
///   a room's mailbox gives it, and for a ticket of ours at `unsubscribe@`, which mail programs send by themselves when
///   their button is pressed; taking these up sends no mail.
/// - Google marks every invitation its users send `auto-generated`. What a calendar service on the tenant's list
///   sends is therefore a person's mail, unless something else says a machine set it off.
///
/// # Errors
/// A [`Refusal`]: a value, not a fault.
pub fn classify(
    mail: &Mail,
    calendars: &Calendars,
    receipt: &Receipt,
    policy: &Policy,
) -> Result<Command, Refusal> {
    let silently = |reason| Refusal {
        reason,
        notify: None,
    };
    if receipt.virus == Verdict::Fail || receipt.spam == Verdict::Fail {
        return Err(silently(RefusalReason::Quarantined));
    }
    if mail.unreadable == Some(Unreadable::NotAMail) {
        return Err(silently(RefusalReason::UnreadableMail));
    }
    let Some(from) = only_from(mail) else {
        return Err(silently(RefusalReason::NotOneFrom));
    };
    let found = only_calendar(mail, calendars);
    let is_reply = matches!(&found, Ok(found) if found.calendar.method == Some(Method::Reply));
    let is_automatic = is_automatic(mail, receipt, policy);
    let mailboxes = mailboxes(&receipt.recipients, policy);
    let ticket = mailboxes
        .unsubscribe
        .is_some()
        .then(|| ticket_in(mail))
        .flatten();
    let is_wanted = is_reply || ticket.is_some();
    if is_ours(mail, receipt, policy) || is_automatic && !is_wanted {
        return Err(silently(RefusalReason::Loop));
    }
    let sender = sender(mail, receipt, policy);
    let notify = sender
        .as_ref()
        .filter(|_| !is_automatic)
        .map(|sender| sender.mailbox.clone());
    if mailboxes.unsubscribe.is_some() {
        return unsubscribe(mail, ticket, from, sender.as_ref(), is_automatic);
    }
    let asking = Asking {
        mail,
        receipt,
        policy,
        from,
        sender: sender.as_ref(),
        mailboxes: &mailboxes,
    };
    asking.command(found).map_err(|reason| Refusal {
        // A mailbox for people gets all kinds of mail; only who meant an invitation is told of the right one.
        notify: notify
            .filter(|_| reason != RefusalReason::NotACommandMailbox || !mail.calendars.is_empty()),
        reason,
    })
}

/// Who wants no more mail: who holds a ticket, or the sender himself. A calendar service speaks for nobody in this.
fn unsubscribe(
    mail: &Mail,
    ticket: Option<Ticket>,
    from: &Mailbox,
    sender: Option<&Sender>,
    is_automatic: bool,
) -> Result<Command, Refusal> {
    let from_is_authenticated =
        !is_automatic && sender.is_some_and(|sender| sender.proof != Proof::CalendarService);
    if ticket.is_none() && !from_is_authenticated {
        return Err(Refusal {
            reason: RefusalReason::NotAuthenticated,
            notify: None,
        });
    }
    Ok(Command::Unsubscribe(Unsubscribe {
        ticket,
        from: from.clone(),
        from_is_authenticated,
        says_erase: mail::answer::says_erase(mail),
    }))
}

/// Mail no person set off: answering it is how loops begin (RFC 3834 section 2).
#[must_use]
pub fn is_automatic(mail: &Mail, receipt: &Receipt, policy: &Policy) -> bool {
    let by_keyword = match mail.auto_submitted.as_deref() {
        None | Some("no") => false,
        Some("auto-generated") => !is_of_a_calendar_service(mail, policy),
        Some(_) => true,
    };
    by_keyword
        || mail
            .precedence
            .as_deref()
            .is_some_and(|precedence| matches!(precedence, "bulk" | "junk" | "list"))
        || mail.from_a_list
        || mail.return_path == Some(None)
        || receipt.envelope_from.is_none()
}

/// Whether a calendar service on the tenant's list stands in Sender or From. Who lies about it gains nothing: he
/// still has to be proven, and hears of his own mail only.
fn is_of_a_calendar_service(mail: &Mail, policy: &Policy) -> bool {
    mail.sender
        .iter()
        .chain(&mail.from)
        .any(|mailbox| policy.trusted_calendar_senders.contains(&mailbox.address))
}

/// Our own mail come back.
fn is_ours(mail: &Mail, receipt: &Receipt, policy: &Policy) -> bool {
    let domain = policy.mail_domain.to_lowercase();
    let is_ours = |address: &Address| {
        address.domain() == domain
            || address
                .domain()
                .strip_suffix(&domain)
                .is_some_and(|sub| sub.ends_with('.'))
    };
    mail.from.iter().any(|from| is_ours(&from.address))
        || mail.sender.iter().any(|sender| is_ours(&sender.address))
        || receipt.envelope_from.iter().any(is_ours)
}

/// A mail that may be taken up, and what is known of who sent it where.
pub(super) struct Asking<'a> {
    pub(super) mail: &'a Mail,
    pub(super) receipt: &'a Receipt,
    pub(super) policy: &'a Policy,
    pub(super) from: &'a Mailbox,
    pub(super) sender: Option<&'a Sender>,
    pub(super) mailboxes: &'a Mailboxes,
}

impl Asking<'_> {
    fn command(
        &self,
        found: Result<&FoundCalendar, RefusalReason>,
    ) -> Result<Command, RefusalReason> {
        let method = found.as_ref().ok().and_then(|found| found.calendar.method);
        let to = self.mailboxes;
        if to.bulk.is_none() && !to.take_replies() && to.approval.is_none() && to.stop.is_none() {
            return Err(RefusalReason::NotACommandMailbox);
        }
        if let Some((uid, token)) = &to.approval {
            return Ok(Command::Approval(self.approval(uid, token)));
        }
        if let Some((uid, token)) = &to.stop {
            return Ok(Command::Stop(self.stop(uid, token)));
        }
        if to.take_replies() {
            match method {
                Some(Method::Reply) => return self.reply(found?).map(Command::Reply),
                Some(Method::Counter) => return self.counter(found?).map(Command::Counter),
                Some(Method::Refresh) => return self.refresh(found?).map(Command::Refresh),
                _ => {}
            }
        }
        if found == Err(RefusalReason::NoCalendar) && (to.signed.is_some() || to.rsvp.is_some()) {
            return self.words();
        }
        let sender = self.sender.ok_or(RefusalReason::NotAuthenticated)?;
        // Lists may be larger than other mail: only the function that takes them up reads them.
        if to.create.is_none() && to.bulk.is_some() {
            return self.list(sender).map(Command::List);
        }
        if self.mail.unreadable == Some(Unreadable::TooLarge) {
            return Err(RefusalReason::TooLarge {
                limit_bytes: mail::MAX_BYTES,
            });
        }
        let found = found?;
        let not_supported = |what| Err(RefusalReason::NotSupported { what });
        match method {
            Some(Method::Request | Method::Publish | Method::Add) => {
                self.request(sender, found).map(Command::Request)
            }
            Some(Method::Cancel) => self.cancel(sender, found).map(Command::Cancel),
            // The mailbox takes no replies, or it would have been one.
            Some(Method::Reply | Method::Counter | Method::Refresh) => {
                Err(RefusalReason::NotACommandMailbox)
            }
            Some(Method::DeclineCounter) => {
                not_supported("an answer to a proposal for another time")
            }
            None if found.calendar.unknown_method.is_some() => {
                Err(RefusalReason::Invalid { property: "METHOD" })
            }
            None => Err(RefusalReason::Missing { property: "METHOD" }),
        }
    }

    /// SEQUENCE missing is 0 (RFC 5545 3.8.7.4); DTSTAMP missing is the mail's Date.
    pub(super) fn unstamped(&self) -> Stamp {
        Stamp {
            sequence: 0,
            dtstamp: self.mail.date.unwrap_or(self.receipt.arrived),
        }
    }

    /// The order of a VEVENT among those of its sender.
    pub(super) fn stamp(&self, event: &Vevent) -> Stamp {
        stamp(event, self.unstamped())
    }

    pub(super) fn digest(&self, sender: &Address, found: &FoundCalendar) -> Digest {
        let text = self
            .mail
            .calendars
            .get(found.part)
            .map(|part| part.text.as_str())
            .unwrap_or_default();
        digest_of_calendar(sender, text)
    }
}
