//! Logs: one JSON object a line, with fields; never an address, a name, a body or a token.

use std::panic::PanicHookInfo;

use invite::letter::NotUsed;
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt, fmt::MakeWriter, util::SubscriberInitExt};

/// Begins to log, as JSON on the standard output. `LOG_LEVEL` chooses how much (default `info`).
pub fn log_as_json() {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .with_env_var("LOG_LEVEL")
        .from_env_lossy();
    // Only the first call of a process has an effect, which is what is wanted.
    let _already_set = as_json(filter, std::io::stdout).try_init();
    std::panic::set_hook(Box::new(log_panic));
}

/// The lines' form: the queries saved for operators (`infra/lib/log-queries.ts`) ask for its fields.
fn as_json<W>(filter: EnvFilter, writer: W) -> impl SubscriberInitExt + Subscriber
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}

/// Logs where a panic was. Its message may hold a piece of somebody's mail and is left out.
fn log_panic(panic: &PanicHookInfo<'_>) {
    log_panic_at(panic.location().map(ToString::to_string));
}

fn log_panic_at(place: Option<String>) {
    tracing::error!(place, "a message made the program panic");
}

/// Logs a failure with the whole chain of its causes, once.
pub fn log_failure(what: &'static str, error: &anyhow::Error) {
    tracing::error!(error = without_addresses(&format!("{error:#}")), "{what}");
}

/// Logs that a tenant's own letters are not used: which file, and of what kind its fault is. An alarm asks for `template`.
pub(crate) fn log_not_used(not_used: &NotUsed) {
    tracing::error!(
        template = not_used.file,
        why = without_addresses(&not_used.why),
        "a letter template of the tenant's is not used; letters go out as ours"
    );
}

/// Says for the lines that follow which event they are about.
pub(crate) fn about_event(uid: &str) {
    tracing::Span::current().record("event.id", uid);
}

/// Says for the lines that follow which mail they are about.
pub(crate) fn about_mail(mail_id: &str) {
    tracing::Span::current().record("mail.id", mail_id);
}

/// Says for the lines that follow why, by a stable code.
pub(crate) fn because(reason: &str) {
    tracing::Span::current().record("reason", reason);
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
    use std::{
        io,
        path::Path,
        sync::{Arc, Mutex},
    };

    use axum::{Router, routing::get};
    use serde_json::{Value, json};
    use tracing::{Dispatch, instrument::WithSubscriber};

    use super::*;
    use crate::shell::{Message, queue, stream, tests::ask};

    /// What was logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        /// Without what differs each time.
        fn settled(&self) -> String {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            let settle = |line: &str| {
                let mut line: Value = serde_json::from_str(line).unwrap();
                line["timestamp"] = json!("2026-03-01T10:05:00.000000Z");
                if let Some(duration) = line.get_mut("duration_ms") {
                    assert!(duration.is_f64(), "{duration}");
                    *duration = json!(12.5);
                }
                format!("{line}\n")
            };
            text.lines().map(settle).collect()
        }
    }

    /// Each kind of line an operator's queries ask for, by what writes it.
    async fn all_kinds() {
        let handle = async |message: Message| {
            about_mail("d6iitobk75ur44p8kdnnp7g2n800");
            about_event(&"5f".repeat(20));
            if message.body == "fault" {
                anyhow::bail!("the table is away");
            }
            because("not-your-event");
            Ok("refused")
        };
        queue::tests::handled(&["refused", "fault"], &handle).await;
        log_not_used(&NotUsed {
            file: "invite/body.html.j2".to_owned(),
            line: Some(3),
            why: "line 3: undefined value".to_owned(),
        });
        log_panic_at(Some("lambdas/src/decide/record_reply.rs:12:5".to_owned()));
        stream::tests::read_one().await;
        let router = Router::new().route("/", get(async || "here"));
        ask(router, "GET /", json!({}), json!({})).await;
    }

    #[tokio::test]
    async fn lines_have_the_fields_that_queries_ask_for() {
        let lines = Lines::default();
        let writer = lines.clone();
        // While there is one subscriber only, the thread that comes first to a line says for all whether anybody listens;
        // and other tests, to whom nobody does, come there at the same time.
        let _second = Dispatch::new(as_json(EnvFilter::new("info"), io::sink));
        let subscriber = as_json(EnvFilter::new("info"), move || writer.clone());
        all_kinds().with_subscriber(subscriber).await;
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/log-lines.jsonl");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, lines.settled()).unwrap();
        }
        assert_eq!(lines.settled(), std::fs::read_to_string(&golden).unwrap());
    }

    #[test]
    fn an_address_a_service_repeats_is_not_logged() {
        assert_eq!(
            without_addresses("not verified: bob@b.test, <carol@c.test> in us-east-1"),
            "not verified: (address) (address) in us-east-1"
        );
    }
}
