//! Logs: one JSON object a line, with fields; never an address, a name, a body or a token.

use std::panic::PanicHookInfo;

use tracing_subscriber::{EnvFilter, fmt};

/// Begins to log, as JSON on the standard output. `LOG_LEVEL` chooses how much (default `info`).
pub fn log_as_json() {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .with_env_var("LOG_LEVEL")
        .from_env_lossy();
    // Only the first call of a process has an effect, which is what is wanted.
    let _already_set = fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .try_init();
    std::panic::set_hook(Box::new(log_panic));
}

/// Logs where a panic was. Its message may hold a piece of somebody's mail and is left out.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "a message made the program panic");
}

/// Logs a failure with the whole chain of its causes, once.
pub fn log_failure(what: &'static str, error: &anyhow::Error) {
    tracing::error!(error = without_addresses(&format!("{error:#}")), "{what}");
}

/// Says for the lines that follow which event they are about.
pub(crate) fn about_event(uid: &str) {
    tracing::Span::current().record("event.id", uid);
}

/// Says for the lines that follow which mail they are about.
pub(crate) fn about_mail(mail_id: &str) {
    tracing::Span::current().record("mail.id", mail_id);
}

/// Services repeat addresses in their messages.
fn without_addresses(text: &str) -> String {
    let words: Vec<&str> = text
        .split(' ')
        .map(|word| {
            if word.contains('@') {
                "(address)"
            } else {
                word
            }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_service_repeats_is_not_logged() {
        assert_eq!(
            without_addresses("not verified: bob@b.test, <carol@c.test> in us-east-1"),
            "not verified: (address) (address) in us-east-1"
        );
    }
}
