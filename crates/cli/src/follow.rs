//! What the API answers, asked for again until it is done.

use std::{io, process::ExitCode, thread, time::Duration};

use serde_json::Value;

use crate::api::Asked;

/// How long to wait before the API is asked again.
const PAUSE: Duration = Duration::from_secs(2);

/// Shows an answer, and asks `again` until one `ends` it; what has not changed is not shown twice. A problem ends it
/// with 1, told as `command`'s.
///
/// # Errors
/// What kept the API from being asked.
pub(crate) fn follow(
    command: &str,
    mut asked: Asked,
    mut again: impl FnMut(&Value) -> Result<Asked, String>,
    ends: impl Fn(&Value) -> bool,
    mut show: impl FnMut(&Value) -> io::Result<()>,
) -> Result<ExitCode, String> {
    let mut before = None;
    loop {
        let answer = match asked {
            Asked::Answer(answer) => answer,
            Asked::Problem(problem) => {
                eprintln!("{command}: {problem}");
                return Ok(ExitCode::from(1));
            }
        };
        // A reader who has seen enough may close the pipe.
        let is_read = before.as_ref() == Some(&answer) || show(&answer).is_ok();
        if !is_read || ends(&answer) {
            return Ok(ExitCode::SUCCESS);
        }
        thread::sleep(PAUSE);
        asked = again(&answer)?;
        before = Some(answer);
    }
}
