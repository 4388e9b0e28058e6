//! What is loaded before it is decided what a mail about an invitation comes to.

use invite::{
    address::Address,
    command::Approval,
    decide::{self, Known, Standing},
    event::{Attendee, Event},
    id::Uid,
};
use jiff::Timestamp;

use super::{Needs, Said};

/// [`Known`], as it was read.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) event: Option<Event>,
    pub(super) attendees: Vec<Attendee>,
    blocking: Vec<Address>,
    standing: Standing,
    invited_so_far: u32,
}

impl Loaded {
    /// Invitations the event may have; it matters only where somebody is invited by an answer.
    pub(super) fn limit(&self, needs: &Needs) -> u32 {
        needs.limits.invites_of(&self.standing)
    }

    pub(super) fn known<'a>(&'a self, needs: &'a Needs) -> Known<'a> {
        Known {
            event: self.event.as_ref(),
            attendees: &self.attendees,
            blocking: &self.blocking,
            standing: &self.standing,
            limits: &needs.limits,
            invited_so_far: self.invited_so_far,
            key: &needs.key,
        }
    }
}

/// Loads what the decision about a mail lists.
pub(super) async fn load(
    needs: &Needs,
    uid: &Uid,
    said: &Said,
    now: Timestamp,
) -> anyhow::Result<Loaded> {
    let Some(event) = needs.table.event(uid).await? else {
        return Ok(Loaded::default());
    };
    let (attendees, strangers) = match said {
        Said::Approval(approval) => whom_an_approval_is_about(needs, &event, approval).await?,
        _ => whom_a_mail_names(needs, &event, said).await?,
    };
    let mut loaded = Loaded {
        attendees,
        ..Loaded::default()
    };
    // Only somebody without a record can be invited; only then it matters whether he may be.
    if !strangers.is_empty() {
        let (table, organizer) = (&needs.table, &event.organizer.address);
        loaded.standing = table.standing(organizer, now).await?;
        loaded.invited_so_far = table.invited_so_far(uid).await?;
        for stranger in strangers {
            if table.unwanted(&stranger, organizer).await?.is_some() {
                loaded.blocking.push(stranger);
            }
        }
    }
    loaded.event = Some(event);
    Ok(loaded)
}

/// The attendees it names and the one whose signed address it came to; and whom it names that is none.
async fn whom_a_mail_names(
    needs: &Needs,
    event: &Event,
    said: &Said,
) -> anyhow::Result<(Vec<Attendee>, Vec<Address>)> {
    let mut known = Vec::new();
    let mut strangers = Vec::new();
    for address in said.addresses() {
        match needs.table.attendee(&event.uid, address).await? {
            Some(attendee) => known.push(attendee),
            None => strangers.push(address.clone()),
        }
    }
    if let Some(by) = said.by().filter(|by| by.token.is_some()) {
        let is_owner = |attendee: &Attendee| {
            decide::token_is_of(event, &needs.key, by, &attendee.mailbox.address)
        };
        let named = by.attendee.as_ref().map(|named| &named.address);
        let named_has_record = known
            .iter()
            .any(|attendee| Some(&attendee.mailbox.address) == named);
        if !named_has_record && !known.iter().any(is_owner) {
            known.extend(find(needs, &event.uid, is_owner).await?);
        }
    }
    Ok((known, strangers))
}

/// The attendee in whose record the guest's answer waits, the guest's own record, or that he has none.
async fn whom_an_approval_is_about(
    needs: &Needs,
    event: &Event,
    approval: &Approval,
) -> anyhow::Result<(Vec<Attendee>, Vec<Address>)> {
    let guest_of = |attendee: &Attendee| {
        decide::approval_is_about(event, &needs.key, approval, attendee).cloned()
    };
    let through = find(needs, &event.uid, |attendee| guest_of(attendee).is_some()).await?;
    let Some((through, guest)) = through.and_then(|through| {
        let guest = guest_of(&through)?;
        Some((through, guest))
    }) else {
        return Ok((Vec::new(), Vec::new()));
    };
    Ok(match needs.table.attendee(&event.uid, &guest).await? {
        Some(guest) => (vec![through, guest], Vec::new()),
        None => (vec![through], vec![guest]),
    })
}

/// The first attendee of whom this is so. What is known of him is in a signed address only, so all are asked.
async fn find(
    needs: &Needs,
    uid: &Uid,
    is_it: impl Fn(&Attendee) -> bool,
) -> anyhow::Result<Option<Attendee>> {
    let mut after = None;
    loop {
        let page = needs.table.attendees(uid, after.as_deref(), PAGE).await?;
        if let Some(found) = page.attendees.into_iter().find(&is_it) {
            return Ok(Some(found));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(None),
        }
    }
}

/// Attendees read at a time.
const PAGE: i32 = 500;
