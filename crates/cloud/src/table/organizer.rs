//! What is known of an organizer: how many events, subscriptions, suspensions.

use invite::{
    address::Address,
    decide::{Allowance, Standing},
};
use jiff::Timestamp;
use orders::Plan;
use serde::Deserialize;

use super::{Fault, Table, key::organizer_partition};

#[derive(Clone, Deserialize)]
struct Item {
    sk: String,
    /// Of `organizer#…`: events created.
    #[serde(default)]
    events: u32,
    /// Of `suspended#…`: when it ends, if it does.
    until: Option<Timestamp>,
    /// Of `subscription#…`: since when it is no longer worth anything.
    revoked: Option<Timestamp>,
    /// Of `subscription#…`: what it allows.
    plan: Option<Plan>,
}

impl Item {
    fn allowance(&self) -> Option<Allowance> {
        self.plan.as_ref().map(|plan| Allowance {
            events: plan.events,
            invites_per_event: plan.invites_per_event,
        })
    }
}

impl Table {
    /// What is known of an organizer at this time.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn standing(&self, organizer: &Address, now: Timestamp) -> Result<Standing, Fault> {
        let items: Vec<Item> = self
            .all(
                "read the organizer's standing",
                &organizer_partition(organizer),
                None,
            )
            .await?;
        Ok(standing_of(&items, now))
    }
}

fn standing_of(items: &[Item], now: Timestamp) -> Standing {
    let mut standing = Standing::default();
    for item in items {
        match item.sk.split_once('#').map(|(kind, _)| kind) {
            Some("organizer") => standing.events = item.events,
            Some("suspended") => standing.suspended |= item.until.is_none_or(|until| now < until),
            Some("subscription") if item.revoked.is_none_or(|revoked| now < revoked) => {
                standing.enrolled = true;
                let both = [standing.allowance, item.allowance()];
                standing.allowance = both.into_iter().flatten().reduce(Allowance::with);
            }
            _ => {}
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sk: &str, until: Option<Timestamp>, revoked: Option<Timestamp>) -> Item {
        Item {
            sk: sk.to_owned(),
            events: 3,
            until,
            revoked,
            plan: None,
        }
    }

    fn plan(events: Option<u32>, invites_per_event: u32) -> Option<Plan> {
        Some(Plan {
            name: "Pro".to_owned(),
            events,
            invites_per_event,
        })
    }

    #[test]
    fn a_suspension_that_has_ended_and_a_revoked_subscription_do_not_count() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let before = Timestamp::from_second(1_700_000_000).unwrap();
        let organizer = item("organizer#alice@a.test", None, None);
        let over = [
            organizer,
            item("suspended#1", Some(before), None),
            item("subscription#1", None, Some(before)),
        ];
        let expected = Standing {
            suspended: false,
            enrolled: false,
            allowance: None,
            events: 3,
        };
        assert_eq!(standing_of(&over, now), expected);
        let in_force = [
            item("suspended#1", None, None),
            item("subscription#1", None, Some(before)),
            item("subscription#2", None, None),
        ];
        let standing = standing_of(&in_force, now);
        assert!(standing.suspended && standing.enrolled);
        assert_eq!(standing.allowance, None, "bought before plans had numbers");
    }

    #[test]
    fn of_several_subscriptions_in_force_the_most_generous_holds() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let before = Timestamp::from_second(1_700_000_000).unwrap();
        let bought = |revoked, plan| Item {
            plan,
            ..item("subscription#1-2", None, revoked)
        };
        let items = [
            bought(Some(before), plan(None, 1_000_000)),
            bought(None, plan(Some(5), 10_000)),
            bought(None, plan(Some(50), 2_500)),
        ];
        let allowance = standing_of(&items, now).allowance.unwrap();
        assert_eq!(
            (allowance.events, allowance.invites_per_event),
            (Some(50), 10_000)
        );
        let unlimited = [&items[..], &[bought(None, plan(None, 1))]].concat();
        assert_eq!(standing_of(&unlimited, now).allowance.unwrap().events, None);
    }
}
