//! The attendee report (A20): who is invited to an event, what they answered and what became of the mail to them, as a table
//! for the organizer; and the link by which he has it where it is too large for mail.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};

use crate::{
    csv::Csv,
    delivery::Posted,
    event::{Attendee, Event, Place},
    ical::Partstat,
    id::{TenantKey, Uid},
};

/// The columns: first those of the system before this one, then what that did not know.
pub const COLUMNS: [&str; 10] = [
    "email", "name", "status", "origin", "prodid", "evidence", "delivery", "when", "attended",
    "place",
];

/// How long a report can be had after it was written.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Until when the report that was written then can be had.
#[must_use]
pub fn kept_until(written: Timestamp) -> Timestamp {
    written.checked_add(KEPT_FOR).unwrap_or(Timestamp::MAX)
}

/// How many answered what; together they are the rows of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Come.
    pub accepted: u64,
    /// May come.
    pub tentative: u64,
    /// Do not come.
    pub declined: u64,
    /// Have not answered, not since the last significant change, or send somebody else.
    pub no_action: u64,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.accepted + self.tentative + self.declined + self.no_action
    }

    fn count(&mut self, partstat: Partstat) {
        *match partstat {
            Partstat::Accepted => &mut self.accepted,
            Partstat::Tentative => &mut self.tentative,
            Partstat::Declined => &mut self.declined,
            Partstat::NeedsAction | Partstat::Delegated => &mut self.no_action,
        } += 1;
    }
}

/// Writes an attendee's row behind those that are there, and counts it.
pub fn write_row(
    csv: &mut Csv,
    tally: &mut Tally,
    event: &Event,
    attendee: &Attendee,
    posted: &Posted,
) {
    let partstat = attendee.answer_to(event);
    tally.count(partstat);
    csv.row(&row(partstat, attendee, posted));
}

fn row(partstat: Partstat, attendee: &Attendee, posted: &Posted) -> [String; COLUMNS.len()] {
    // An answer that does not hold any more proves nothing and was given to another event than this.
    let answer = attendee
        .current_answer()
        .filter(|_| partstat == attendee.partstat);
    [
        attendee.mailbox.address.as_str().to_owned(),
        attendee.mailbox.name.clone().unwrap_or_default(),
        status(partstat).to_owned(),
        attendee.origin.code().to_owned(),
        answer
            .and_then(|answer| answer.prodid.clone())
            .unwrap_or_default(),
        answer.map_or_else(String::new, |answer| answer.evidence.code().to_owned()),
        posted.state().code().to_owned(),
        answer.map_or_else(String::new, |answer| answer.arrived.to_string()),
        attendee
            .attended
            .map_or_else(String::new, |at| at.to_string()),
        place(attendee).to_owned(),
    ]
}

/// Where he stands at an event with a limit.
fn place(attendee: &Attendee) -> &'static str {
    match attendee.place {
        Some(Place::Seat) => "seat",
        Some(Place::Waiting { .. }) => "waiting",
        // Soon settled.
        None | Some(Place::Asked | Place::LeavesSeat | Place::LeavesList { .. }) => "",
    }
}

/// An answer in the word the system before this one had for it.
#[must_use]
pub fn status(partstat: Partstat) -> &'static str {
    match partstat {
        Partstat::Accepted => "accepted",
        Partstat::Declined => "declined",
        Partstat::Tentative => "tentative",
        Partstat::NeedsAction | Partstat::Delegated => "noaction",
    }
}

/// What proves that its bearer was sent the link to this report: event, report, and 128 bits of HMAC that serve this purpose
/// alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    uid: Uid,
    job: String,
    proof: [u8; 16],
}

impl Ticket {
    /// The ticket to that report of this event.
    #[must_use]
    pub fn issue(key: &TenantKey, uid: &Uid, job: &str) -> Self {
        let mac = key.mac("report", &[uid.as_str(), job]);
        let mut proof = [0; 16];
        for (byte, of_mac) in proof.iter_mut().zip(mac) {
            *byte = of_mac;
        }
        Self {
            uid: uid.clone(),
            job: job.to_owned(),
            proof,
        }
    }

    /// Reads a ticket; `None` unless it has the form of one. It proves nothing yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('.');
        let uid = Uid::parse(fields.next()?)?;
        let job = fields.next()?;
        let is_name =
            (1..=40).contains(&job.len()) && job.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let proof = BASE64URL_NOPAD.decode(fields.next()?.as_bytes()).ok()?;
        (is_name && fields.next().is_none()).then_some(())?;
        Some(Self {
            uid,
            job: job.to_owned(),
            proof: proof.try_into().ok()?,
        })
    }

    /// As it stands in a link: letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn text(&self) -> String {
        let proof = BASE64URL_NOPAD.encode(&self.proof);
        format!("{}.{}.{proof}", self.uid, self.job)
    }

    /// The event.
    #[must_use]
    pub fn uid(&self) -> &Uid {
        &self.uid
    }

    /// The report, if it proves anything.
    #[must_use]
    pub fn job(&self) -> &str {
        &self.job
    }

    /// Whether we issued it; takes the same time for every wrong one.
    #[must_use]
    pub fn proves(&self, key: &TenantKey) -> bool {
        let right = Self::issue(key, &self.uid, &self.job).proof;
        let difference = self
            .proof
            .iter()
            .zip(right)
            .fold(0, |difference, (a, b)| difference | (a ^ b));
        difference == 0
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket({}, {}, …)", self.uid, self.job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_proves_one_report_of_one_event() {
        let key = TenantKey::new([7; 32]).unwrap();
        let [kickoff, party] = ["5f", "00"].map(|hex| Uid::parse(&hex.repeat(20)).unwrap());
        let ticket = Ticket::issue(&key, &kickoff, "0123456789abcdef0123");
        let back = Ticket::parse(&ticket.text()).unwrap();
        assert!(back == ticket && back.proves(&key));
        assert!(!back.proves(&TenantKey::new([8; 32]).unwrap()));
        for other in [
            Ticket {
                uid: party,
                ..ticket.clone()
            },
            Ticket {
                job: "0123456789abcdef0124".to_owned(),
                ..ticket.clone()
            },
        ] {
            assert!(!other.proves(&key), "{other:?}");
        }
        let text = ticket.text();
        for wrong in [
            "",
            "..",
            text.rsplit_once('.').unwrap().0,
            &format!("{text}."),
            &text.replace(".0123", "./../"),
            &text.replace(".0123456789abcdef0123.", ".."),
        ] {
            assert_eq!(Ticket::parse(wrong), None, "{wrong}");
        }
    }
}
