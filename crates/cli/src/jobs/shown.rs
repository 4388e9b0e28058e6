//! Jobs as people read them.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::Value;

/// A table of all.
pub(super) fn all(output: &mut impl Write, answer: &Value) -> io::Result<()> {
    let jobs = answer.get("jobs").and_then(Value::as_array);
    let jobs: Vec<&Value> = jobs.into_iter().flatten().collect();
    if jobs.is_empty() {
        return writeln!(output, "The event has no jobs.");
    }
    writeln!(
        output,
        "{:20}  {:12}  {:15}  {:>9}",
        "job", "kind", "state", "people"
    )?;
    for job in jobs {
        let until = held_until(job).map_or_else(String::new, |until| format!("  until {until}"));
        writeln!(
            output,
            "{:20}  {:12}  {:15}  {:>9}{until}",
            text(job, "job"),
            text(job, "kind"),
            text(job, "state"),
            number(job, if is_report(job) { "rows" } else { "people" }),
        )?;
    }
    Ok(())
}

/// How many letters came to what: the name in the API, and in words.
const COUNTS: [(&str, &str); 7] = [
    ("sent", "sent"),
    ("already_invited", "invited by somebody else"),
    ("already_told", "told before"),
    ("unwanted", "wants no mail"),
    ("rejected", "rejected"),
    ("dropped", "dropped"),
    ("waiting", "waiting"),
];

/// One, with its letters.
pub(super) fn one(output: &mut impl Write, job: &Value) -> io::Result<()> {
    let mut line = |name: &str, value: &str| writeln!(output, "{name:25}{value}");
    line("job", &text(job, "job"))?;
    line("kind", &text(job, "kind"))?;
    line("state", &text(job, "state"))?;
    if is_report(job) {
        line("rows", &number(job, "rows").to_string())?;
        return line("done", if is_done(job) { "yes" } else { "no" });
    }
    line("people", &number(job, "people").to_string())?;
    if let Some(until) = held_until(job) {
        line("waits until", &until)?;
    }
    let replaces = text(job, "replaces");
    if !replaces.is_empty() {
        line("in place of", &replaces)?;
    }
    let is_reminder = text(job, "kind") == "reminder";
    if job.get("dry_run") == Some(&Value::Bool(true)) {
        let nobody = if is_reminder {
            "nobody is reminded"
        } else {
            "nobody is invited"
        };
        line("dry run", nobody)?;
    }
    if is_reminder {
        line("reminds", &number(job, "reminds").to_string())?;
    }
    for (name, words) in COUNTS {
        let count = number(sending(job), name);
        if count > 0 || name == "sent" {
            line(words, &count.to_string())?;
        }
    }
    line("done", if is_done(job) { "yes" } else { "no" })
}

/// One, each time it is asked after: `staged: 300 of 612, 312 waiting`.
pub(super) fn in_a_line(job: &Value) -> String {
    if is_report(job) {
        return format!("{}: {} rows", text(job, "state"), number(job, "rows"));
    }
    let sending = sending(job);
    let (due, waiting) = (number(sending, "due"), number(sending, "waiting"));
    let dealt_with = due.saturating_sub(waiting);
    let until = held_until(job).map_or_else(String::new, |until| format!(", until {until}"));
    format!(
        "{}: {dealt_with} of {due}, {waiting} waiting{until}",
        text(job, "state")
    )
}

pub(super) fn is_done(job: &Value) -> bool {
    sending(job).get("is_done") == Some(&Value::Bool(true)) || text(job, "state") == "written"
}

/// A table of attendees: it has rows and no letters.
fn is_report(job: &Value) -> bool {
    text(job, "kind") == "report"
}

fn sending(job: &Value) -> &Value {
    job.get("sending").unwrap_or(&Value::Null)
}

/// While it waits.
fn held_until(job: &Value) -> Option<String> {
    let until = job.get("held_until").and_then(Value::as_i64);
    let until = until.filter(|_| text(job, "state") == "held")?;
    Some(Timestamp::from_second(until).ok()?.to_string())
}

fn text(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}
