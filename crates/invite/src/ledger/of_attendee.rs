//! What an attendee was told and has said.

use jiff::Timestamp;

use super::{Answered, Delivered, Entry, Proposed, What, Who};
use crate::{
    address::{Address, Shown},
    delivery::{PostedState, SentLetters},
    event::{Answer, Attendee},
    time::InstanceKey,
};

/// All of it, as much of people as is shown.
#[must_use]
pub fn of_attendee(attendee: &Attendee, letters: &SentLetters, shown: Shown) -> Vec<Entry> {
    let his = Record {
        address: &attendee.mailbox.address,
        shown,
    };
    let mut entries = vec![his.entry(attendee.invited, his.invited(attendee), &["invited"])];
    entries.extend(attendee.history.iter().map(|answer| his.answered(answer)));
    entries.extend(attendee.waiting.iter().map(|waiting| {
        let guest = Who::Attendee(shown.address(&waiting.mailbox.address));
        let what = What::Waits {
            through: his.who(),
            waits_for: waiting.waits_for,
            partstat: waiting.answer.partstat,
        };
        let digest = waiting.answer.digest.as_str();
        let name = [
            his.address.as_str(),
            "waits",
            digest,
            of(waiting.answer.instance.as_ref()),
        ];
        Entry::new(waiting.answer.arrived, Some(guest), what, &name)
    }));
    entries.extend(attendee.proposals.iter().map(|(instance, proposal)| {
        let proposed = Proposed {
            instance: instance.clone(),
            start: proposal.start.clone(),
            end: proposal.end.clone(),
            evidence: proposal.evidence,
            comment: shown.words(proposal.comment.as_deref()),
        };
        let what = What::Proposed(Box::new(proposed));
        his.entry(proposal.arrived, what, &["proposed", of(instance.as_ref())])
    }));
    entries.extend(his.letters(letters));
    entries
}

/// Somebody was to be invited, and was not.
#[must_use]
pub fn of_refused(address: &Address, reason: &str, decided: Timestamp, shown: Shown) -> Entry {
    let reason = reason.to_owned();
    Record { address, shown }.entry(decided, What::NotInvited { reason }, &["not-invited"])
}

/// Whose record it is, and how much of him is shown.
struct Record<'a> {
    address: &'a Address,
    shown: Shown,
}

impl Record<'_> {
    fn who(&self) -> Who {
        Who::Attendee(self.shown.address(self.address))
    }

    /// `name` tells it from the others of his of its kind at that time.
    fn entry(&self, at: Timestamp, what: What, name: &[&str]) -> Entry {
        let name = [&[self.address.as_str()], name].concat();
        Entry::new(at, Some(self.who()), what, &name)
    }

    fn invited(&self, attendee: &Attendee) -> What {
        let from = attendee.lineage.as_ref();
        What::Invited {
            origin: attendee.origin,
            from: from.map(|lineage| Who::Attendee(self.shown.address(&lineage.from))),
        }
    }

    fn answered(&self, answer: &Answer) -> Entry {
        let answered = Answered {
            partstat: answer.partstat,
            instance: answer.instance.clone(),
            evidence: answer.evidence,
            prodid: answer.prodid.clone(),
            earlier_version: answer.earlier_version,
            comment: self.shown.words(answer.comment.as_deref()),
            people: answer.people.map(u64::from),
            mail: (!answer.mail_id.is_empty()).then(|| answer.mail_id.clone()),
        };
        let what = What::Answered(Box::new(answered));
        let name = [
            "answered",
            answer.digest.as_str(),
            of(answer.instance.as_ref()),
        ];
        self.entry(answer.arrived, what, &name)
    }

    fn letters(&self, letters: &SentLetters) -> Vec<Entry> {
        let mut entries = Vec::new();
        for sent in &letters.letters {
            let what = What::Sent {
                letter: sent.letter,
                revision: sent.revision,
                job: sent.job.clone(),
            };
            let revision = sent.revision.unwrap_or_default().to_string();
            entries.push(self.entry(sent.at, what, &["sent", sent.letter, &revision]));
        }
        for fact in letters.delivery.facts() {
            let delivered = Delivered {
                state: fact.state,
                letter: fact.letter.clone(),
                revision: fact.revision,
                code: fact.code.clone(),
                words: self.shown.words(fact.words.as_deref()),
            };
            let name = [
                "delivery",
                &fact.letter,
                &fact.revision.to_string(),
                PostedState::from(fact.state).code(),
                fact.code.as_deref().unwrap_or_default(),
                fact.words.as_deref().unwrap_or_default(),
            ];
            entries.push(self.entry(fact.at, What::Delivery(delivered), &name));
        }
        // Where it was stored without a time, only where the mail to him stands says so.
        if let Some((why, Some(at))) = letters.withheld {
            entries.push(self.entry(at, What::Withheld(why), &["withheld"]));
        }
        if let Some((code, Some(at))) = &letters.rejected {
            let code = code.clone();
            entries.push(self.entry(*at, What::Rejected { code }, &["rejected"]));
        }
        entries
    }
}

fn of(instance: Option<&InstanceKey>) -> &str {
    instance.map_or("", InstanceKey::as_str)
}
