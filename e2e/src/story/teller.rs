//! Tells the story while it happens: one line a step.

use std::{future::Future, time::Duration};

use serde::Serialize;
use tokio::time::Instant;

use crate::fault::Fault;

/// A step that was taken.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Step {
    /// What happens in it.
    pub title: String,
    /// How long it took, until everything was seen.
    pub duration_ms: u64,
    /// Whether everything was seen.
    pub seen: bool,
}

/// Writes down the steps, and prints them unless it is asked to be quiet.
#[derive(Debug)]
pub struct Teller {
    aloud: bool,
    began: Instant,
    /// So far.
    pub steps: Vec<Step>,
}

impl Teller {
    /// Begins; `aloud` prints.
    #[must_use]
    pub fn new(aloud: bool) -> Self {
        Self {
            aloud,
            began: Instant::now(),
            steps: Vec::new(),
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// The step's own.
    pub async fn step<T>(
        &mut self,
        title: impl Into<String>,
        step: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let title = title.into();
        let begin = Instant::now();
        let result = step.await;
        let duration = begin.elapsed();
        let mark = if result.is_ok() { '✓' } else { '✗' };
        self.say(format!("{mark} {:>6.2} s  {title}", duration.as_secs_f64()));
        self.steps.push(Step {
            title,
            duration_ms: millis(duration),
            seen: result.is_ok(),
        });
        result
    }

    /// Prints a line, unless quiet.
    #[expect(clippy::print_stdout, reason = "telling is what it is for")]
    pub fn say(&self, line: impl AsRef<str>) {
        if self.aloud {
            println!("{}", line.as_ref());
        }
    }

    /// Since the beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Whole milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
