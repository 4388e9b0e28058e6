//! What is stored, and the letters that follow from it.

use invite::letter::{Asked, Draft, Guest, Kind, Letter};

use super::*;

impl World {
    /// A conditional write: what is stored must be what the decision was made on.
    pub(super) fn store(&mut self, event: Event) {
        let before = self
            .events
            .insert(event.uid.clone(), event.clone())
            .unwrap();
        assert_eq!(
            event.version,
            before.version + 1,
            "the condition of the write"
        );
        assert!(event.stamp >= before.stamp, "our stamp never goes back");
    }

    pub(super) fn store_attendee(&mut self, uid: &Uid, attendee: Attendee) {
        let record = (uid.clone(), attendee.mailbox.address.clone());
        let before = self.attendees.insert(record, attendee.clone());
        let revision = before.as_ref().map_or(0, |before| before.revision);
        assert_eq!(
            attendee.revision,
            revision + 1,
            "the condition of the write"
        );
        let change = Statistics::of_change(before.as_ref(), Some(&attendee));
        *self.statistics.entry(uid.clone()).or_default() += change;
        self.send_what_is_owed(uid, before.as_ref(), &attendee);
    }

    /// The fan-out of an update or a cancellation.
    pub(super) fn tell_everybody(&mut self, uid: &Uid) {
        let people: Vec<Address> = self
            .attendees
            .keys()
            .filter(|(of, _)| of == uid)
            .map(|(_, person)| person.clone())
            .collect();
        for person in people {
            let reopened = decide::reopen(
                &self.events[uid],
                &self.attendees[&(uid.clone(), person.clone())],
            );
            if let Some(attendee) = reopened {
                self.store_attendee(uid, attendee);
            }
            self.send(uid, &person);
        }
    }

    pub(super) fn send(&mut self, uid: &Uid, person: &Address) {
        let event = &self.events[uid];
        let attendee = &self.attendees[&(uid.clone(), person.clone())];
        let sender = sender();
        let (kind, method) = if event.is_cancelled() {
            (Kind::Cancellation, Method::Cancel)
        } else if event.revision == 1 {
            (Kind::Invite, Method::Request)
        } else {
            (Kind::Update, Method::Request)
        };
        let answers = Answers::of(attendee, event);
        let letter = Draft::new(kind, event, &sender)
            .and_then(|draft| draft.addressed(&attendee.mailbox, &answers, None));
        self.letters.insert(person.clone(), letter.unwrap().raw);
        self.mail_out.push((person.clone(), method));
    }

    fn send_what_is_owed(&mut self, uid: &Uid, before: Option<&Attendee>, after: &Attendee) {
        let event = self.events[uid].clone();
        let person = &after.mailbox.address;
        let answers = Answers::of(after, &event);
        if let Some(owed) = decide::newly_owed(before, after) {
            let asked = Asked {
                digest: &owed.digest,
                at: owed.asked,
                message_id: None,
            };
            let to = &after.mailbox;
            let sender = sender();
            match &owed.letter {
                OwedLetter::Current if event.is_cancelled() => self.send(uid, person),
                OwedLetter::Current => {
                    let letter = letter::current(&event, to, &answers, &asked, &sender);
                    self.post(person, letter.unwrap(), Method::Request);
                }
                OwedLetter::DeclineCounter { instance } => {
                    let letter = letter::decline_counter(
                        &event,
                        to,
                        &answers,
                        instance.as_ref(),
                        &asked,
                        &sender,
                    );
                    self.post(person, letter.unwrap(), Method::DeclineCounter);
                    let letter = letter::current(&event, to, &answers, &asked, &sender);
                    self.post(person, letter.unwrap(), Method::Request);
                }
                OwedLetter::WaitingList => {
                    let letter = letter::waiting_list(&event, to, &answers, &asked, &sender);
                    self.post(person, letter.unwrap(), Method::Request);
                }
                OwedLetter::Seat => {
                    let letter = letter::seat(&event, to, &answers, &asked, &sender);
                    self.post(person, letter.unwrap(), Method::Request);
                }
                OwedLetter::AskBack => {
                    let letter = letter::ask_back(&event, to, &asked, &sender);
                    self.letters.insert(person.clone(), letter.unwrap().raw);
                    self.notices.push((person.clone(), "ask-back"));
                }
            }
        }
        for waiting in decide::newly_waiting(before, after) {
            let sender = sender();
            let approval =
                letter::address::approval_address(&event, &waiting.mailbox.address, &sender);
            let guest = Guest {
                mailbox: &waiting.mailbox,
                through: &after.mailbox,
                approval: &approval.unwrap(),
            };
            let asked = Asked {
                digest: &waiting.answer.digest,
                at: waiting.answer.arrived,
                message_id: None,
            };
            let letter = letter::guest_waits(&event, &guest, &asked, &sender);
            let organizer = event.organizer.address.clone();
            self.letters.insert(organizer.clone(), letter.unwrap().raw);
            self.notices.push((organizer, "approval"));
        }
    }

    fn post(&mut self, to: &Address, letter: Letter, method: Method) {
        self.letters.insert(to.clone(), letter.raw);
        self.mail_out.push((to.clone(), method));
    }
}
