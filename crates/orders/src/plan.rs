//! What a product is worth: the plan a tenant's configuration names for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a subscription allows its organizer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name, as people read it.
    pub name: String,
    /// Events an organizer may create; `None`: as many as he likes.
    pub events: Option<u32>,
    /// Invitations an event may have.
    pub invites_per_event: u32,
}

/// Which product is which plan, by the shop's id of the product. As JSON: `{"<product id>":{"name":…}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Plans(BTreeMap<u64, Plan>);

impl Plans {
    /// The plan of a product; `None`: it is none of ours, and the shop sells other things too.
    #[must_use]
    pub fn of(&self, product_id: u64) -> Option<&Plan> {
        self.0.get(&product_id)
    }
}

impl FromIterator<(u64, Plan)> for Plans {
    fn from_iter<T: IntoIterator<Item = (u64, Plan)>>(plans: T) -> Self {
        Self(plans.into_iter().collect())
    }
}
