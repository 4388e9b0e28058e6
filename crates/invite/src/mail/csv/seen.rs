//! Which addresses a list had already, in eight bytes each.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::address::Address;

/// So many are kept in a set before they are sorted in among the others: a set of a million takes twice the memory.
const FRESH: usize = 32 * 1024;

/// Hashes of addresses. Two different ones of a million share a hash in one list of thirty million.
#[derive(Default)]
pub(super) struct Seen {
    sorted: Vec<u64>,
    fresh: HashSet<u64>,
}

impl Seen {
    /// Remembers an address; `false` if it was there.
    pub(super) fn is_new(&mut self, address: &Address) -> bool {
        let mut hasher = DefaultHasher::new();
        address.hash(&mut hasher);
        let hash = hasher.finish();
        let is_new = self.sorted.binary_search(&hash).is_err() && self.fresh.insert(hash);
        if self.fresh.len() >= FRESH {
            self.sorted.reserve_exact(self.fresh.len());
            self.sorted.extend(self.fresh.drain());
            self.sorted.sort_unstable();
        }
        is_new
    }
}
