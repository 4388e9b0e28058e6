//! Mails of attendees, and of organizers who are asked about one.

use super::*;

impl World {
    /// Loads what the decision asks for and no more, decides, stores.
    pub(super) fn an_attendees_mail(
        &mut self,
        by: &FromAttendee,
        named: Vec<&Address>,
        decide: impl FnOnce(&Known<'_>, Timestamp) -> AttendeeDecision,
    ) -> String {
        let uid = Uid::parse(&by.uid);
        let event = uid.as_ref().and_then(|uid| self.events.get(uid)).cloned();
        let attendees = event
            .as_ref()
            .map(|event| self.known(event, by, &named))
            .unwrap_or_default();
        let outcome = self.decided(event.as_ref(), &attendees, &named, &by.from, decide);
        // The mail has no other record then.
        let has_answer = |attendee: &Attendee| attendee.has_answer_of(&by.mail_id);
        assert!(outcome != "recorded" || self.attendees.values().any(has_answer));
        outcome
    }

    pub(super) fn approval(&mut self, approval: &Approval) -> String {
        let event = self.events.get(&approval.uid).cloned();
        let about = event.as_ref().and_then(|event| {
            let of_event = |((uid, _), _): &(&(Uid, Address), &Attendee)| *uid == event.uid;
            let mut all = self.attendees.iter().filter(of_event);
            all.find_map(|(_, attendee)| {
                let person = decide::approval_is_about(event, &key(), approval, attendee)?;
                Some((attendee.clone(), person.clone()))
            })
        });
        let mut attendees = Vec::new();
        let mut named = Vec::new();
        if let Some((through, person)) = &about {
            let own = (approval.uid.clone(), person.clone());
            attendees.push(through.clone());
            attendees.extend(self.attendees.get(&own).cloned());
            named.push(person);
        }
        let from = &approval.from;
        self.decided(event.as_ref(), &attendees, &named, from, |known, now| {
            decide::approval(known, approval, now)
        })
    }

    fn decided(
        &mut self,
        event: Option<&Event>,
        attendees: &[Attendee],
        named: &[&Address],
        from: &Mailbox,
        decide: impl FnOnce(&Known<'_>, Timestamp) -> AttendeeDecision,
    ) -> String {
        let organizer = event.map(|event| event.organizer.address.clone());
        let blocks = |person: &&&Address| {
            let organizer = organizer.clone();
            organizer
                .is_some_and(|organizer| self.blocks.contains(&((**person).clone(), organizer)))
        };
        let blocking: Vec<Address> = named.iter().filter(blocks).map(|p| (*p).clone()).collect();
        let standing = organizer
            .as_ref()
            .map_or_else(Standing::default, |organizer| self.standing(organizer));
        let invited_so_far = event
            .and_then(|event| self.invitations.get(&event.uid))
            .copied()
            .unwrap_or(0);
        let known = Known {
            event,
            attendees,
            blocking: &blocking,
            standing: &standing,
            limits: &LIMITS,
            invited_so_far,
            key: &key(),
        };
        let decision = decide(&known, self.now);
        self.note(&decision.reasons);
        let outcome = decision.outcome().clone();
        for write in decision.writes {
            let uid = event.unwrap().uid.clone();
            let person = write.attendee().mailbox.address.clone();
            match write {
                AttendeeWrite::Change(attendee) => self.store_attendee(&uid, *attendee),
                AttendeeWrite::Invite(attendee) => {
                    *self.invitations.entry(uid.clone()).or_default() += 1;
                    self.store_attendee(&uid, *attendee);
                    self.send(&uid, &person);
                }
            }
        }
        match outcome {
            Outcome::Recorded => "recorded".to_owned(),
            Outcome::RecordedUncounted(_) => "recorded, not counted".to_owned(),
            Outcome::Waits(_) => "waits".to_owned(),
            Outcome::Proposed => "proposed".to_owned(),
            Outcome::Owed => "owed".to_owned(),
            Outcome::Quarantined => "quarantined".to_owned(),
            Outcome::Ignored(reason) => format!("ignored {}", reason.sentence()),
            Outcome::Refused(reason) => self.refuse(&Refusal {
                reason,
                notify: Some(from.clone()),
            }),
        }
    }

    /// The records named, and the token's owner where they are not enough.
    fn known(&self, event: &Event, by: &FromAttendee, named: &[&Address]) -> Vec<Attendee> {
        let record = |who: &Address| self.attendees.get(&(event.uid.clone(), who.clone()));
        let mut known: Vec<Attendee> = named.iter().copied().filter_map(record).cloned().collect();
        let is_owner =
            |attendee: &Attendee| decide::token_is_of(event, &key(), by, &attendee.mailbox.address);
        let named_has_record = by
            .attendee
            .as_ref()
            .is_some_and(|named| record(&named.address).is_some());
        if by.token.is_some() && !named_has_record && !known.iter().any(is_owner) {
            let mut all = self.attendees.iter();
            let owner = all.find(|((uid, _), attendee)| *uid == event.uid && is_owner(attendee));
            known.extend(owner.map(|(_, owner)| owner.clone()));
        }
        known
    }
}
