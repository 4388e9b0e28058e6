//! mail + receipt → command or refusal. Pure; the order of the checks is the order of `semantics`: verdicts, one
//! From, loops, who sent it, where to, which calendar, what it says.

use super::{
    Calendars, Cancel, Command, FoundCalendar, Mailboxes, Policy, Receipt, Refusal, RefusalReason,
    Reply, Request, Sender, Verdict,
    authenticate::{only_from, sender},
    calendar::{only_calendar, only_event},
    details::details,
    mailbox::mailboxes,
};
use crate::{
    address::{Address, Mailbox},
    event::Stamp,
    ical::{Method, Partstat, Vevent},
    id::Digest,
    mail::{self, Mail, Unreadable},
};

/// Longest UID of a client that is kept, in bytes.
const MAX_UID_BYTES: usize = 1_024;

/// What a mail asks of us, or why it is not taken up and whom to tell.
///
/// Three rules that are easily confused:
/// - Mail from our own domain is never taken up.
/// - Automatic mail (RFC 3834) is neither taken up nor answered, but for a METHOD:REPLY, which is an answer also when
///   a room's mailbox gives it; taking it up sends no mail.
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
    if is_ours(mail, receipt, policy) || is_automatic && !is_reply {
        return Err(silently(RefusalReason::Loop));
    }
    let sender = sender(mail, receipt, policy);
    let notify = sender
        .as_ref()
        .filter(|_| !is_automatic)
        .map(|sender| sender.mailbox.clone());
    let mailboxes = mailboxes(&receipt.recipients, policy);
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

struct Asking<'a> {
    mail: &'a Mail,
    receipt: &'a Receipt,
    policy: &'a Policy,
    from: &'a Mailbox,
    sender: Option<&'a Sender>,
    mailboxes: &'a Mailboxes,
}

impl Asking<'_> {
    fn command(
        &self,
        found: Result<&FoundCalendar, RefusalReason>,
    ) -> Result<Command, RefusalReason> {
        let method = found.as_ref().ok().and_then(|found| found.calendar.method);
        let to = self.mailboxes;
        if to.bulk.is_none() && !to.take_replies() {
            return Err(RefusalReason::NotACommandMailbox);
        }
        if method == Some(Method::Reply) && to.take_replies() {
            return self.reply(found?).map(Command::Reply);
        }
        let sender = self.sender.ok_or(RefusalReason::NotAuthenticated)?;
        if self.mail.unreadable == Some(Unreadable::TooLarge) {
            return Err(RefusalReason::TooLarge {
                limit_bytes: mail::MAX_BYTES,
            });
        }
        if to.create.is_none() && to.bulk.is_some() {
            return Err(RefusalReason::NotSupported {
                what: "a list of people to invite by mail",
            });
        }
        let found = found?;
        let not_supported = |what| Err(RefusalReason::NotSupported { what });
        match method {
            Some(Method::Request) => self.request(sender, found).map(Command::Request),
            Some(Method::Cancel) => self.cancel(sender, found).map(Command::Cancel),
            // The mailbox takes no replies, or it would have been one.
            Some(Method::Reply) => Err(RefusalReason::NotACommandMailbox),
            Some(Method::Counter) => not_supported("a proposal for another time"),
            Some(Method::DeclineCounter) => {
                not_supported("an answer to a proposal for another time")
            }
            Some(Method::Refresh) => not_supported("a request for the current version of an event"),
            Some(Method::Add) => not_supported("an addition to a series of events"),
            Some(Method::Publish) => not_supported("a published event without an invitation"),
            None if found.calendar.unknown_method.is_some() => {
                Err(RefusalReason::Invalid { property: "METHOD" })
            }
            None => Err(RefusalReason::Missing { property: "METHOD" }),
        }
    }

    fn request(&self, sender: &Sender, found: &FoundCalendar) -> Result<Request, RefusalReason> {
        let mailto = self.create_mailbox()?;
        let event = only_event(found, "a recurring event")?;
        let client_uid = uid(event)?;
        let organizer = self.organizer(sender, event)?;
        Ok(Request {
            digest: self.digest(&organizer, found),
            organizer,
            mailto,
            client_uid,
            stamp: self.stamp(event),
            prodid: found.calendar.prodid.clone().unwrap_or_default(),
            details: details(event)?,
        })
    }

    fn cancel(&self, sender: &Sender, found: &FoundCalendar) -> Result<Cancel, RefusalReason> {
        self.create_mailbox()?;
        let event = only_event(found, "the cancellation of a recurring event")?;
        let client_uid = uid(event)?;
        let organizer = self.organizer(sender, event)?;
        Ok(Cancel {
            digest: self.digest(&organizer, found),
            organizer,
            client_uid,
            stamp: self.stamp(event),
        })
    }

    fn reply(&self, found: &FoundCalendar) -> Result<Reply, RefusalReason> {
        let event = only_event(found, "an answer to a single date of a recurring event")?;
        let attendee = self.attendee(event);
        let partstat = attendee.and_then(|attendee| attendee.partstat);
        if partstat == Some(Partstat::Delegated) {
            return Err(RefusalReason::NotSupported {
                what: "an answer that sends somebody else",
            });
        }
        Ok(Reply {
            uid: uid(event)?,
            from: self.from.clone(),
            from_is_authenticated: self
                .sender
                .is_some_and(|sender| sender.mailbox.address == self.from.address),
            token: self.mailboxes.token.clone(),
            attendee: attendee.and_then(|attendee| {
                Some(Mailbox {
                    address: attendee.address.clone()?,
                    name: attendee.name.clone(),
                })
            }),
            partstat,
            stamp: self.stamp(event),
            prodid: found.calendar.prodid.clone(),
            arrived: self.receipt.arrived,
            digest: self.digest(self.from, found),
        })
    }

    /// A reply names one attendee (RFC 5546 section 3.2.3); among several, the one who sent it.
    fn attendee<'a>(&self, event: &'a Vevent) -> Option<&'a crate::ical::Party> {
        match event.attendees.as_slice() {
            [attendee] => Some(attendee),
            several => several
                .iter()
                .find(|attendee| attendee.address.as_ref() == Some(&self.from.address)),
        }
    }

    fn create_mailbox(&self) -> Result<Address, RefusalReason> {
        self.mailboxes
            .create
            .clone()
            .ok_or(RefusalReason::NotACommandMailbox)
    }

    /// ORGANIZER must be who sent the mail; a shared calendar counts as whoever sends for it.
    fn organizer(&self, sender: &Sender, event: &Vevent) -> Result<Mailbox, RefusalReason> {
        const PROPERTY: &str = "ORGANIZER";
        let organizer = event
            .organizer
            .as_ref()
            .ok_or(RefusalReason::Missing { property: PROPERTY })?;
        let address = organizer
            .address
            .as_ref()
            .ok_or(RefusalReason::Invalid { property: PROPERTY })?;
        let is_shared = self
            .policy
            .shared_calendar_domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(address.domain()));
        if *address != sender.mailbox.address && !is_shared {
            return Err(RefusalReason::NotTheOrganizer);
        }
        Ok(Mailbox {
            address: sender.mailbox.address.clone(),
            name: organizer
                .name
                .clone()
                .filter(|_| !is_shared)
                .or_else(|| sender.mailbox.name.clone()),
        })
    }

    /// SEQUENCE missing is 0 (RFC 5545 3.8.7.4); DTSTAMP missing is the mail's Date.
    fn stamp(&self, event: &Vevent) -> Stamp {
        Stamp {
            sequence: event.sequence.unwrap_or(0),
            dtstamp: event
                .dtstamp
                .or(self.mail.date)
                .unwrap_or(self.receipt.arrived),
        }
    }

    /// Line ends may change on the way, and do not make another mail.
    fn digest(&self, sender: &Mailbox, found: &FoundCalendar) -> Digest {
        let text = self
            .mail
            .calendars
            .get(found.part)
            .map(|part| part.text.as_str())
            .unwrap_or_default();
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        Digest::of(&sender.address, lines.join("\n").trim_end().as_bytes())
    }
}

fn uid(event: &Vevent) -> Result<String, RefusalReason> {
    match &event.uid {
        Some(uid) if uid.len() > MAX_UID_BYTES || uid.chars().any(char::is_control) => {
            Err(RefusalReason::Invalid { property: "UID" })
        }
        Some(uid) => Ok(uid.clone()),
        None => Err(RefusalReason::Missing { property: "UID" }),
    }
}
