//! Waiting for what must become visible: asked again and again, never slept for.

use std::{env, fmt, future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How often is asked.
pub const PAUSE: Duration = Duration::from_millis(25);

/// How long a single thing may take to be seen: far more than it takes, since a busy machine must not fail a test.
/// `CIS_WITHIN_SECS` is for who expects it not to be seen, and does not want to wait as long for that.
#[must_use]
pub fn within() -> Duration {
    let asked = env::var("CIS_WITHIN_SECS").ok();
    let secs = asked.and_then(|secs| secs.parse().ok()).unwrap_or(180);
    Duration::from_secs(secs)
}

/// One look.
pub enum Look<T> {
    /// It is there.
    Seen(T),
    /// Not yet; what was there instead, for the report of a failure.
    NotYet(String),
}

/// It was not seen in time.
#[derive(Debug, Clone)]
pub struct NotSeen {
    /// What was waited for.
    pub what: String,
    /// How long.
    pub within: Duration,
    /// What the last look showed.
    pub instead: String,
}

impl fmt::Display for NotSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} was not seen within {:.1} s; seen: {}",
            self.what,
            self.within.as_secs_f64(),
            self.instead
        )
    }
}

impl std::error::Error for NotSeen {}

/// Looks until it is seen or the time is over. The last look always comes after the deadline, so a slow machine fails
/// nothing that is there.
///
/// # Errors
/// `E` of a look, or [`NotSeen`] as `E`.
pub async fn until<T, E, F, Fut>(
    what: impl Into<String>,
    within: Duration,
    mut look: F,
) -> Result<T, E>
where
    E: From<NotSeen>,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Look<T>, E>>,
{
    let what = what.into();
    let deadline = Instant::now() + within;
    loop {
        let over = Instant::now() >= deadline;
        match look().await? {
            Look::Seen(seen) => return Ok(seen),
            Look::NotYet(instead) if over => {
                return Err(NotSeen {
                    what,
                    within,
                    instead,
                }
                .into());
            }
            Look::NotYet(_) => sleep(PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_late_is_seen_and_what_never_comes_is_named() {
        let mut looks = 0;
        let seen: Result<i32, NotSeen> = until("the third look", Duration::from_secs(5), || {
            looks += 1;
            let look = if looks == 3 {
                Look::Seen(looks)
            } else {
                Look::NotYet(String::new())
            };
            async { Ok(look) }
        })
        .await;
        assert_eq!(seen.unwrap(), 3);

        let never: Result<(), NotSeen> = until("rain", Duration::ZERO, || async {
            Ok(Look::NotYet("sunshine".to_owned()))
        })
        .await;
        let text = never.unwrap_err().to_string();
        assert!(text.contains("rain") && text.contains("sunshine"), "{text}");
    }
}
