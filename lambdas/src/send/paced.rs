//! Letters at the pace SES has granted.

use std::time::Duration;

use cloud::{
    Fault,
    clock::Stopwatch,
    mailer::{Mailer, Sent},
};
use invite::letter::Letter;

use super::rate::Rate;

/// How often a letter is offered to SES in one call.
const ATTEMPTS: u32 = 8;
/// The pause before the second time; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// SES, at the pace of one call.
pub(super) struct Paced<'a> {
    /// Without retries of its own: each would be a letter nobody paces.
    mailer: &'a Mailer,
    rate: Rate,
    stopwatch: Stopwatch,
}

impl<'a> Paced<'a> {
    /// Begins now, with so many letters a second at most.
    pub(super) fn new(mailer: &'a Mailer, per_second: f64) -> Self {
        Self {
            mailer,
            rate: Rate::per_second(per_second),
            stopwatch: Stopwatch::start(),
        }
    }

    /// Letters a second, at most.
    pub(super) fn per_second(&self) -> f64 {
        self.rate.full()
    }

    /// How long ago it began.
    pub(super) fn elapsed(&self) -> Duration {
        self.stopwatch.elapsed()
    }

    /// Sends a letter when its turn has come.
    ///
    /// # Errors
    /// [`Fault`] when SES has not taken it for some seconds; it may later.
    pub(super) async fn send(&self, letter: Letter) -> Result<Sent, Fault> {
        self.turn().await;
        let mail = self.mailer.wrap(&letter)?;
        // Many are in flight: what is not needed any more makes room for the next.
        drop(letter);
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            match self.mailer.offer(&mail).await {
                Ok(sent) => {
                    self.rate.taken();
                    return Ok(sent);
                }
                Err(fault) if attempt == ATTEMPTS => return Err(fault),
                Err(_) => {
                    self.rate.throttled();
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                    attempt += 1;
                    self.turn().await;
                }
            }
        }
    }

    async fn turn(&self) {
        let wait = self.rate.wait(self.elapsed());
        // The timer would count no time at all, too.
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}
