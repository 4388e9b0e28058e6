//! What is known of one order: what was bought for whom, what was given back, whether it was cancelled.
//!
//! Webhooks come in any order, and more than once: what was given back before it was bought is kept, and what came before
//! changes nothing. Which subscriptions are worth something follows from the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    plan::{Plan, Plans},
    webhook::{Item, Order, Said},
};

/// An order, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// What was bought that is a plan of ours, by the shop's id of the line.
    #[serde(default)]
    pub lines: BTreeMap<u64, Line>,
    /// How many of a line were given back, by refund and line.
    #[serde(default)]
    refunds: BTreeMap<u64, BTreeMap<u64, u64>>,
    /// Whether it was cancelled as a whole.
    #[serde(default)]
    cancelled: bool,
}

/// A line that is a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whose subscription it is: an address.
    pub organizer: String,
    /// Who bought it.
    pub purchaser: Option<String>,
    /// The shop's id of the product.
    pub product_id: u64,
    /// What the product is called.
    pub product: String,
    /// What it allows, as it was when it was bought.
    pub plan: Plan,
    /// When it was bought.
    pub bought: Timestamp,
    /// How many were bought; one organizer has one subscription by it all the same.
    pub quantity: u64,
}

/// Why a line of an order made no subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotEnrolled {
    /// The product is none of the tenant's plans.
    NotAPlan,
    /// Neither the line nor the order names an address.
    NoOrganizer,
    /// The line's property `email` is not an address.
    OrganizerUnreadable,
    /// The order has [`MAX_LINES`] subscriptions already.
    TooMany,
}

impl NotEnrolled {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPlan => "not-a-plan",
            Self::NoOrganizer => "no-organizer",
            Self::OrganizerUnreadable => "organizer-unreadable",
            Self::TooMany => "too-many",
        }
    }
}

/// Subscriptions of one order: all that changes by a webhook is one transaction of the table, which takes a hundred writes.
pub const MAX_LINES: usize = 90;

/// What became of a webhook. A line begins once and ends once, whatever comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// Lines whose subscriptions are worth something now, and were not before.
    pub begun: BTreeSet<u64>,
    /// Lines whose subscriptions are worth nothing any more.
    pub ended: BTreeSet<u64>,
    /// Lines that make no subscription, and why.
    pub not_enrolled: Vec<(u64, NotEnrolled)>,
}

impl Ledger {
    /// Takes in what a webhook says; says what has changed by it.
    pub fn enter(&mut self, said: &Said, plans: &Plans) -> Entered {
        let before = self.in_force();
        let mut not_enrolled = Vec::new();
        match said {
            Said::Paid(order) => {
                for item in &order.items {
                    let is_full =
                        self.lines.len() >= MAX_LINES && !self.lines.contains_key(&item.id);
                    match line(order, item, plans) {
                        Ok(_) if is_full => not_enrolled.push((item.id, NotEnrolled::TooMany)),
                        // As it was first: the webhook may come again after a plan has changed.
                        Ok(line) => drop(self.lines.entry(item.id).or_insert(line)),
                        Err(why) => not_enrolled.push((item.id, why)),
                    }
                }
            }
            Said::Cancelled { .. } => self.cancelled = true,
            Said::Refunded(refund) => {
                let known = self.refunds.entry(refund.id).or_default();
                for (line, quantity) in sums(&refund.items) {
                    // Nothing that was given back is taken again: a subscription ends once.
                    let most = known.entry(line).or_default();
                    *most = quantity.max(*most);
                }
            }
        }
        let now = self.in_force();
        Entered {
            begun: now.difference(&before).copied().collect(),
            ended: before.difference(&now).copied().collect(),
            not_enrolled,
        }
    }

    /// The lines whose subscriptions are worth something.
    #[must_use]
    pub fn in_force(&self) -> BTreeSet<u64> {
        let lines = self.lines.iter().filter(|(id, line)| {
            let returned = self
                .refunds
                .values()
                .filter_map(|of_lines| of_lines.get(id))
                .fold(0_u64, |sum, quantity| sum.saturating_add(*quantity));
            !self.cancelled && returned < line.quantity.max(1)
        });
        lines.map(|(id, _)| *id).collect()
    }
}

/// How many of each line.
fn sums(items: &[(u64, u64)]) -> BTreeMap<u64, u64> {
    let mut of_lines = BTreeMap::new();
    for (line, quantity) in items {
        let sum: &mut u64 = of_lines.entry(*line).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    of_lines
}

fn line(order: &Order, item: &Item, plans: &Plans) -> Result<Line, NotEnrolled> {
    let (product_id, plan) = item
        .product_id
        .and_then(|product| Some((product, plans.of(product)?)))
        .ok_or(NotEnrolled::NotAPlan)?;
    let named = item
        .organizer
        .as_ref()
        .map_err(|()| NotEnrolled::OrganizerUnreadable)?;
    let organizer = named
        .as_ref()
        .or(order.purchaser.as_ref())
        .ok_or(NotEnrolled::NoOrganizer)?;
    Ok(Line {
        organizer: organizer.as_str().to_owned(),
        purchaser: order
            .purchaser
            .as_ref()
            .map(|purchaser| purchaser.as_str().to_owned()),
        product_id,
        product: item.name.clone(),
        plan: plan.clone(),
        bought: order.created,
        quantity: item.quantity,
    })
}

#[cfg(test)]
mod tests {
    use invite::address::Address;
    use proptest::prelude::*;

    use super::*;
    use crate::webhook::Refund;

    const PRO: u64 = 7;

    fn plans() -> Plans {
        let pro = Plan {
            name: "Pro".to_owned(),
            events: None,
            invites_per_event: 10_000,
        };
        [(PRO, pro)].into_iter().collect()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn item(id: u64, quantity: u64) -> Item {
        Item {
            id,
            product_id: Some(PRO),
            name: "CalendarSnack Pro".to_owned(),
            quantity,
            organizer: Ok(None),
        }
    }

    fn paid(items: Vec<Item>) -> Said {
        Said::Paid(Order {
            id: 1,
            created: "2026-03-02T16:40:00Z".parse().unwrap(),
            purchaser: Some(address("buyer@shop.test")),
            items,
        })
    }

    fn refunded(id: u64, items: &[(u64, u64)]) -> Said {
        Said::Refunded(Refund {
            id,
            order_id: 1,
            items: items.to_vec(),
        })
    }

    fn lines(ids: &[u64]) -> BTreeSet<u64> {
        ids.iter().copied().collect()
    }

    #[test]
    fn what_is_paid_is_a_subscription_of_whom_the_line_names_else_of_the_purchaser() {
        let mut ledger = Ledger::default();
        let for_the_boss = Item {
            organizer: Ok(Some(address("boss@a.test"))),
            ..item(11, 1)
        };
        let entered = ledger.enter(&paid(vec![for_the_boss, item(12, 1)]), &plans());
        assert_eq!(entered.begun, lines(&[11, 12]));
        assert_eq!(ledger.lines[&11].organizer, "boss@a.test");
        assert_eq!(ledger.lines[&12].organizer, "buyer@shop.test");
        assert_eq!(
            ledger.lines[&11].purchaser.as_deref(),
            Some("buyer@shop.test")
        );
    }

    #[test]
    fn a_line_that_makes_no_subscription_says_why() {
        let mut ledger = Ledger::default();
        let mut order = match paid(vec![
            Item {
                product_id: Some(8),
                ..item(11, 1)
            },
            Item {
                product_id: None,
                ..item(12, 1)
            },
            Item {
                organizer: Err(()),
                ..item(13, 1)
            },
        ]) {
            Said::Paid(order) => order,
            other => panic!("{other:?}"),
        };
        let entered = ledger.enter(&Said::Paid(order.clone()), &plans());
        assert_eq!(
            entered.not_enrolled,
            [
                (11, NotEnrolled::NotAPlan),
                (12, NotEnrolled::NotAPlan),
                (13, NotEnrolled::OrganizerUnreadable)
            ]
        );
        order.purchaser = None;
        order.items = vec![item(14, 1)];
        let entered = ledger.enter(&Said::Paid(order), &plans());
        assert_eq!(entered.not_enrolled, [(14, NotEnrolled::NoOrganizer)]);
        assert_eq!(ledger.in_force(), lines(&[]));
    }

    #[test]
    fn a_subscription_ends_when_all_of_its_line_is_given_back() {
        let mut ledger = Ledger::default();
        ledger.enter(&paid(vec![item(11, 2), item(12, 1)]), &plans());
        assert_eq!(
            ledger.enter(&refunded(1, &[(11, 1)]), &plans()),
            Entered::default()
        );
        let again = ledger.enter(&refunded(1, &[(11, 1)]), &plans());
        assert_eq!(again, Entered::default(), "the same refund counts once");
        assert_eq!(
            ledger.enter(&refunded(2, &[(11, 1)]), &plans()).ended,
            lines(&[11])
        );
        assert_eq!(ledger.in_force(), lines(&[12]));
        assert_eq!(
            ledger.enter(&refunded(3, &[]), &plans()),
            Entered::default(),
            "an amount only"
        );
    }

    #[test]
    fn an_order_that_was_cancelled_before_it_was_paid_gives_nothing() {
        let mut ledger = Ledger::default();
        ledger.enter(&Said::Cancelled { order_id: 1 }, &plans());
        assert_eq!(
            ledger.enter(&paid(vec![item(11, 1)]), &plans()),
            Entered::default()
        );
    }

    #[test]
    fn an_order_makes_so_many_subscriptions_and_says_which_it_does_not() {
        let mut ledger = Ledger::default();
        let many = 0..=MAX_LINES as u64;
        let entered = ledger.enter(&paid(many.map(|id| item(id, 1)).collect()), &plans());
        assert_eq!(entered.begun.len(), MAX_LINES);
        assert_eq!(
            entered.not_enrolled,
            [(MAX_LINES as u64, NotEnrolled::TooMany)]
        );
    }

    #[test]
    fn a_plan_stays_as_it_was_bought() {
        let mut ledger = Ledger::default();
        ledger.enter(&paid(vec![item(11, 1)]), &plans());
        assert_eq!(
            ledger
                .enter(&paid(vec![item(11, 1)]), &Plans::default())
                .begun,
            lines(&[])
        );
        assert_eq!(ledger.lines[&11].plan.name, "Pro");
    }

    #[test]
    fn it_is_stored_and_read_back() {
        let mut ledger = Ledger::default();
        ledger.enter(&paid(vec![item(11, 2)]), &plans());
        ledger.enter(&refunded(3, &[(11, 1), (11, 1)]), &plans());
        let json = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&json).unwrap(), ledger);
        assert_eq!(
            serde_json::from_str::<Ledger>("{}").unwrap(),
            Ledger::default()
        );
    }

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            Just(paid(vec![item(11, 1), item(12, 2), item(13, 3)])),
            Just(Said::Cancelled { order_id: 1 }),
            (0_u64..5, 0_u64..3)
                .prop_map(|(id, more)| refunded(id, &[(11 + id % 3, id / 3 + more)])),
        ]
    }

    proptest! {
        #[test]
        fn the_order_of_webhooks_does_not_matter(
            (history, shuffled) in prop::collection::vec(said(), 0..8)
                .prop_flat_map(|history| (Just(history.clone()), Just(history).prop_shuffle())),
        ) {
            let end = |history: &[Said]| {
                let mut ledger = Ledger::default();
                for said in history {
                    ledger.enter(said, &plans());
                }
                ledger
            };
            prop_assert_eq!(end(&history), end(&shuffled));
        }

        #[test]
        fn a_repeat_changes_nothing_and_each_subscription_begins_and_ends_once(
            history in prop::collection::vec(said(), 0..8),
        ) {
            let mut ledger = Ledger::default();
            let mut in_force = BTreeSet::new();
            let (mut begun, mut ended) = (BTreeSet::new(), BTreeSet::new());
            for said in &history {
                let entered = ledger.enter(said, &plans());
                let is_first = |line: &u64, before: &mut BTreeSet<u64>| before.insert(*line);
                prop_assert!(entered.begun.iter().all(|line| is_first(line, &mut begun)));
                prop_assert!(entered.ended.iter().all(|line| is_first(line, &mut ended)));
                in_force = &(&in_force | &entered.begun) - &entered.ended;
                prop_assert_eq!(&in_force, &ledger.in_force());
                let before = ledger.clone();
                let again = ledger.enter(said, &plans());
                prop_assert!(again.begun.is_empty() && again.ended.is_empty());
                prop_assert_eq!(&before, &ledger);
            }
        }
    }
}
