//! How fast many letters go out: a token bucket that holds little, so that nothing comes in bursts.

use std::{cell::Cell, time::Duration};

/// Slower than this it never gets, in letters a second.
const LEAST: f64 = 0.5;
/// What was not used of the rate in this time may be made up for.
const CATCH_UP: Duration = Duration::from_millis(500);
/// Of how many answers, about, the throttled share is taken.
const ANSWERS: f64 = 20.0;
/// A smaller share of throttled answers is noise; with a larger one the rate is not what was granted.
const THROTTLED: f64 = 0.2;
/// How much slower it gets with each throttled answer above that share.
const SLOWS_TO: f64 = 0.7;
/// After each letter SES takes, by so much of the full rate it gets faster again.
const RECOVERS: f64 = 0.02;

/// The pace of one call.
#[derive(Debug)]
pub(super) struct Rate {
    full: f64,
    now: Cell<f64>,
    /// When the next letter may go, since the call began.
    next: Cell<Duration>,
    /// The share of throttled answers, the latest counting most.
    throttled: Cell<f64>,
}

impl Rate {
    /// So many letters a second at most.
    pub(super) fn per_second(full: f64) -> Self {
        let full = full.max(LEAST);
        Self {
            full,
            now: Cell::new(full),
            next: Cell::new(Duration::ZERO),
            throttled: Cell::new(0.0),
        }
    }

    /// Letters in a second, at most.
    pub(super) fn full(&self) -> f64 {
        self.full
    }

    /// How long to wait before the next letter, when `elapsed` has gone by since the call began; takes its turn.
    pub(super) fn wait(&self, elapsed: Duration) -> Duration {
        let turn = self.next.get().max(elapsed.saturating_sub(CATCH_UP));
        self.next.set(turn + self.turn());
        turn.saturating_sub(elapsed)
    }

    fn turn(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.now.get())
    }

    /// SES has not taken a letter, and may later: the turn was not used. Slower, if that happens too often.
    pub(super) fn throttled(&self) {
        self.next.set(self.next.get().saturating_sub(self.turn()));
        if self.answered(1.0) > THROTTLED {
            self.now.set((self.now.get() * SLOWS_TO).max(LEAST));
        }
    }

    /// SES has taken one.
    pub(super) fn taken(&self) {
        self.answered(0.0);
        let faster = self.now.get() + self.full * RECOVERS;
        self.now.set(faster.min(self.full));
    }

    fn answered(&self, throttled: f64) -> f64 {
        let before = self.throttled.get();
        let now = before + (throttled - before) / ANSWERS;
        self.throttled.set(now);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many letters go from second `from` to second `to` when whoever is told to wait does, and every `nth` is
    /// throttled.
    fn taken(rate: &Rate, from: u64, to: u64, nth: usize) -> usize {
        let mut elapsed = Duration::from_secs(from);
        let mut taken = 0;
        for attempt in 1.. {
            elapsed += rate.wait(elapsed);
            if elapsed >= Duration::from_secs(to) {
                break;
            }
            if attempt % nth == 0 {
                rate.throttled();
            } else {
                rate.taken();
                taken += 1;
            }
        }
        taken
    }

    #[test]
    fn no_more_go_in_a_second_than_the_rate() {
        for per_second in [1.0, 5.0, 40.0] {
            let letters = taken(&Rate::per_second(per_second), 0, 1, usize::MAX);
            assert_eq!(letters as f64, per_second);
        }
    }

    #[test]
    fn little_is_made_up_for_after_a_pause() {
        let rate = Rate::per_second(40.0);
        let letters = taken(&rate, 60, 61, usize::MAX);
        assert_eq!(letters, 60, "half a second's letters more");
    }

    #[test]
    fn a_few_throttled_letters_take_nothing_of_the_rate() {
        let rate = Rate::per_second(40.0);
        let letters = taken(&rate, 0, 100, 20);
        assert!(letters >= 3_990, "{letters} of 4,000");
    }

    #[test]
    fn many_slow_it_down_and_it_recovers() {
        let rate = Rate::per_second(100.0);
        for _ in 0..40 {
            rate.throttled();
        }
        assert_eq!(rate.now.get(), LEAST);
        for _ in 0..100 {
            rate.taken();
        }
        assert_eq!(rate.now.get(), 100.0);
    }
}
