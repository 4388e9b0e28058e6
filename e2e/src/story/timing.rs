//! How long people wait: the distribution of a few measured waits.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::teller::millis;

/// A distribution, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Distribution {
    /// How many were measured.
    pub samples: usize,
    /// The shortest.
    pub min_ms: u64,
    /// Half of them were shorter.
    pub median_ms: u64,
    /// Nine of ten were shorter.
    pub p90_ms: u64,
    /// The longest.
    pub max_ms: u64,
}

impl Distribution {
    /// Of these waits; `None` of none.
    #[must_use]
    pub fn of(waits: &[Duration]) -> Option<Self> {
        let mut waits: Vec<u64> = waits.iter().copied().map(millis).collect();
        waits.sort_unstable();
        // Nearest rank: a value that was measured, never one in between.
        let rank = |percent: usize| {
            waits
                .get((waits.len() * percent).div_ceil(100).saturating_sub(1))
                .copied()
        };
        Some(Self {
            samples: waits.len(),
            min_ms: rank(0)?,
            median_ms: rank(50)?,
            p90_ms: rank(90)?,
            max_ms: rank(100)?,
        })
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            samples,
            min_ms,
            median_ms,
            p90_ms,
            max_ms,
        } = self;
        write!(
            f,
            "min {min_ms} ms, median {median_ms} ms, p90 {p90_ms} ms, max {max_ms} ms ({samples} mails)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_measured_values() {
        let waits: Vec<_> = (1..=10)
            .rev()
            .map(|n| Duration::from_millis(n * 100))
            .collect();
        assert_eq!(
            Distribution::of(&waits),
            Some(Distribution {
                samples: 10,
                min_ms: 100,
                median_ms: 500,
                p90_ms: 900,
                max_ms: 1000
            })
        );
        assert_eq!(Distribution::of(&[]), None);
    }
}
