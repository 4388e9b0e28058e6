//! Faults on demand: what SES does to its callers now and then, as often as somebody asks for, and the same with the same
//! seed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Which faults, and how often. Without any, `local-ses` has none of its own.
#[derive(Debug, Clone, Default, Args)]
pub struct FaultOptions {
    /// Share of SendEmail requests, from 0 to 1, answered 429 whatever the rate is.
    #[arg(long, env = "LOCAL_SES_THROTTLE_SHARE", default_value_t = 0.0, value_parser = share)]
    pub throttle_share: f64,

    /// Share of mails, from 0 to 1, that are sent although their SendEmail is answered 500: the acknowledgement is lost.
    #[arg(long, env = "LOCAL_SES_LOSE_ANSWER_SHARE", default_value_t = 0.0, value_parser = share)]
    pub lose_answer_share: f64,

    /// How long each SendEmail takes at least, in milliseconds.
    #[arg(long, env = "LOCAL_SES_LATENCY_MS", default_value_t = 0)]
    pub latency_ms: u64,

    /// Mail is taken, its delivery told, and nobody gets it: for measurements with more mail than a mailbox can keep.
    #[arg(long, env = "LOCAL_SES_NO_MAILBOX")]
    pub no_mailbox: bool,

    /// Which requests and mails it is.
    #[arg(long, env = "LOCAL_SES_FAULT_SEED", default_value_t = 1)]
    pub fault_seed: u64,
}

/// Decides which requests and mails have a fault.
#[derive(Debug)]
pub struct Faults {
    options: FaultOptions,
    random: Mutex<StdRng>,
}

impl Faults {
    /// These.
    #[must_use]
    pub fn new(options: FaultOptions) -> Self {
        let random = Mutex::new(StdRng::seed_from_u64(options.fault_seed));
        Self { options, random }
    }

    /// How long a request takes at least.
    #[must_use]
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.options.latency_ms)
    }

    /// Whether the next request is throttled.
    #[must_use]
    pub fn throttles(&self) -> bool {
        self.happens(self.options.throttle_share)
    }

    /// Whether the next mail's acknowledgement is lost.
    #[must_use]
    pub fn loses_answer(&self) -> bool {
        self.happens(self.options.lose_answer_share)
    }

    /// Whether mail reaches a mailbox.
    #[must_use]
    pub fn has_mailbox(&self) -> bool {
        !self.options.no_mailbox
    }

    fn happens(&self, share: f64) -> bool {
        // Nothing is drawn for a fault that nobody asked for, so that one kind does not move the others.
        share > 0.0
            && self
                .random
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .random_bool(share)
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("not a share from 0 to 1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttled(seed: u64) -> Vec<bool> {
        let faults = Faults::new(FaultOptions {
            throttle_share: 0.05,
            fault_seed: seed,
            ..FaultOptions::default()
        });
        (0..10_000).map(|_| faults.throttles()).collect()
    }

    #[test]
    fn the_same_seed_throttles_the_same_requests_as_often_as_was_asked() {
        let once = throttled(1);
        assert_eq!(once, throttled(1));
        assert_ne!(once, throttled(2));
        let count = once.iter().filter(|throttled| **throttled).count();
        assert!((400..600).contains(&count), "{count} of 10,000");
    }

    #[test]
    fn nothing_happens_that_nobody_asked_for() {
        let faults = Faults::new(FaultOptions::default());
        assert!((0..1000).all(|_| !faults.throttles() && !faults.loses_answer()));
        assert!(faults.has_mailbox());
    }

    #[test]
    fn a_share_is_from_nothing_to_all() {
        assert_eq!(share("0.05"), Ok(0.05));
        for wrong in ["5", "-0.1", "NaN", "some"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
