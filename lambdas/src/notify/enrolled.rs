//! Somebody has a subscription, and is told what it allows.

use cloud::table::SubscriptionRecord;
use invite::{
    address::{Address, Mailbox},
    decide::Allowance,
    letter::{self, Letter, LetterError},
};

use super::notify_organizer::Needs;

/// A subscription that is worth something.
pub(super) struct Subscription<'a> {
    pub(super) to: Mailbox,
    name: &'a str,
    record: SubscriptionRecord,
}

impl<'a> Subscription<'a> {
    /// `None` when there is none, or it has ended meanwhile.
    pub(super) async fn load(
        needs: &Needs,
        organizer: &Address,
        name: &'a str,
    ) -> anyhow::Result<Option<Self>> {
        let record = needs.office.table.subscription(organizer, name).await?;
        Ok(record
            .filter(|record| record.revoked.is_none())
            .map(|record| Self {
                to: Mailbox {
                    address: organizer.clone(),
                    name: None,
                },
                name,
                record,
            }))
    }

    pub(super) fn letter(&self, needs: &Needs) -> Result<Letter, LetterError> {
        let SubscriptionRecord {
            plan,
            product,
            invoice_id,
            purchase_email,
            recorded,
            ..
        } = &self.record;
        let purchaser = purchase_email.as_deref().and_then(Address::parse);
        let enrolled = letter::Enrolled {
            to: &self.to,
            subscription: self.name,
            plan: &plan.name,
            allowance: Allowance {
                events: plan.events,
                invites_per_event: plan.invites_per_event,
            },
            product,
            order: invoice_id,
            purchaser: purchaser.as_ref(),
            at: *recorded,
        };
        letter::enrolled(&enrolled, &needs.office.sender)
    }
}
