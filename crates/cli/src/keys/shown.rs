//! Keys as people read them.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::Value;

/// A key that was just made. The key itself stands alone in its line.
pub(super) fn made(output: &mut impl Write, made: &Value) -> io::Result<()> {
    writeln!(output, "{}", text(made, "key"))?;
    writeln!(output)?;
    one(output, made)?;
    writeln!(output)?;
    writeln!(
        output,
        "The key is shown this once: put it where secrets are kept. Programs send it as x-api-key."
    )
}

/// What is known of one.
pub(super) fn one(output: &mut impl Write, key: &Value) -> io::Result<()> {
    let mut line = |name: &str, value: &str| writeln!(output, "{name:12}{value}");
    line("id", &text(key, "id"))?;
    line("name", &text(key, "name"))?;
    line("may", &scopes(key))?;
    line("of", &whose(key))?;
    let per_minute = key.get("per_minute").and_then(Value::as_u64);
    line("a minute", &per_minute.unwrap_or_default().to_string())?;
    line("made", &time(key, "created").unwrap_or_default())?;
    line("state", &state(key))
}

/// A table of all.
pub(super) fn all(output: &mut impl Write, answer: &Value) -> io::Result<()> {
    let keys: Vec<&Value> = answer
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    if keys.is_empty() {
        return writeln!(output, "There are no keys.");
    }
    writeln!(
        output,
        "{:16}  {:10}  {:34}  {:24}  name: what it may",
        "id", "last used", "state", "of"
    )?;
    for key in keys {
        let last_used = match text(key, "last_used") {
            never if never.is_empty() => "never".to_owned(),
            day => day,
        };
        writeln!(
            output,
            "{:16}  {last_used:10}  {:34}  {:24}  {}: {}",
            text(key, "id"),
            state(key),
            whose(key),
            text(key, "name"),
            scopes(key),
        )?;
    }
    Ok(())
}

fn state(key: &Value) -> String {
    match (time(key, "revoked"), time(key, "expires")) {
        (Some(revoked), _) => format!("revoked {revoked}"),
        (None, Some(expires)) => format!("good until {expires}"),
        (None, None) => "good until it is revoked".to_owned(),
    }
}

fn whose(key: &Value) -> String {
    match text(key, "organizer") {
        nobody if nobody.is_empty() => "everybody's events".to_owned(),
        organizer => organizer,
    }
}

fn scopes(key: &Value) -> String {
    let scopes = key.get("scopes").and_then(Value::as_array);
    let scopes: Vec<&str> = scopes
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    scopes.join(" ")
}

fn time(key: &Value, name: &str) -> Option<String> {
    let secs = key.get(name).and_then(Value::as_i64)?;
    Some(Timestamp::from_second(secs).ok()?.to_string())
}

fn text(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
