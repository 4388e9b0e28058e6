//! The counts of a survey, as Markdown and as JSON.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use super::file::{Kind, Surveyed};

/// The whole survey. Its JSON is described in docs/inspect.md.
#[derive(Serialize)]
pub(super) struct Report {
    schema_version: u32,
    /// Files that neither have nor claim to have a calendar.
    others: usize,
    rows: Vec<Row>,
    /// Without an event, or refused.
    not_decoded: Vec<Surveyed>,
}

/// One line of a table.
#[derive(Serialize)]
struct Row {
    kind: Kind,
    product: Option<&'static str>,
    method: Option<String>,
    decoded: usize,
    /// Read, and no event is in it: by reason.
    without_event: BTreeMap<&'static str, usize>,
    refused: BTreeMap<&'static str, usize>,
}

impl Report {
    pub(super) fn new(files: Vec<Surveyed>, others: usize) -> Self {
        let mut rows: BTreeMap<_, Row> = BTreeMap::new();
        let mut not_decoded = Vec::new();
        for file in files {
            // Products in the order of the alphabet, what is nobody's last.
            let key = (
                file.kind,
                file.product.is_none(),
                file.product,
                file.method.clone(),
            );
            let row = rows.entry(key).or_insert_with(|| Row {
                kind: file.kind,
                product: file.product,
                method: file.method.clone(),
                decoded: 0,
                without_event: BTreeMap::new(),
                refused: BTreeMap::new(),
            });
            match file.reason {
                None => row.decoded += 1,
                Some(reason) => {
                    let reasons = if reason.is_without_event() {
                        &mut row.without_event
                    } else {
                        &mut row.refused
                    };
                    *reasons.entry(reason.code()).or_default() += 1;
                    not_decoded.push(file);
                }
            }
        }
        Self {
            schema_version: 1,
            others,
            rows: rows.into_values().collect(),
            not_decoded,
        }
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut out = String::new();
        for (kind, title) in [
            (Kind::Mail, "Mails with a calendar"),
            (Kind::Tnef, "winmail.dat, in a mail or alone"),
            (Kind::Calendar, "Calendar files"),
        ] {
            self.write_table(&mut out, kind, title);
        }
        out.push_str("## Refused\n\n");
        let refused = || {
            let files = self.not_decoded.iter();
            files.filter_map(|file| Some((file, file.reason?)))
        };
        if refused().all(|(_, reason)| reason.is_without_event()) {
            out.push_str("Nothing.\n\n");
        } else {
            out.push_str("| file | written by | reason | why that is right |\n|---|---|---|---|\n");
            for (file, reason) in refused().filter(|(_, reason)| !reason.is_without_event()) {
                let _ = writeln!(
                    out,
                    "| `{}` | {} | {} | {} |",
                    file.path.replace(['|', '`'], "_"),
                    file.product.unwrap_or("–"),
                    reason.code(),
                    reason.justification(),
                );
            }
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "Besides all these, {} files have no calendar and claim none.",
            self.others
        );
        out
    }

    fn write_table(&self, out: &mut String, kind: Kind, title: &str) {
        let rows: Vec<_> = self.rows.iter().filter(|row| row.kind == kind).collect();
        if rows.is_empty() {
            return;
        }
        let _ = write!(
            out,
            "## {title}\n\n| written by | method | decoded | no event in it | refused |\n|---|---|---:|---|---|\n"
        );
        for row in &rows {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                row.product.unwrap_or("others, tests and examples"),
                row.method.as_deref().unwrap_or("–"),
                row.decoded,
                reasons(&row.without_event),
                reasons(&row.refused),
            );
        }
        for (whose, is_counted) in [
            ("of real products", Row::is_of_a_product as fn(&Row) -> bool),
            ("in all", |_| true),
        ] {
            let counted = || rows.iter().filter(|row| is_counted(row));
            let decoded: usize = counted().map(|row| row.decoded).sum();
            let without_event: usize = counted().flat_map(|row| row.without_event.values()).sum();
            let refused: usize = counted().flat_map(|row| row.refused.values()).sum();
            let all = decoded + refused;
            if all > 0 {
                let _ = writeln!(
                    out,
                    "| **{whose}** | | **{decoded}** | {without_event} | **{refused}**; {} decoded |",
                    percent(decoded, all)
                );
            }
        }
        out.push('\n');
    }
}

impl Row {
    fn is_of_a_product(&self) -> bool {
        self.product.is_some()
    }
}

fn reasons(counts: &BTreeMap<&'static str, usize>) -> String {
    let reasons: Vec<_> = counts
        .iter()
        .map(|(code, number)| format!("{number} {code}"))
        .collect();
    reasons.join(", ")
}

/// Rounded down, so that only all is 100 %.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1_000 / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_hundred_percent() {
        assert_eq!(percent(3, 3), "100.0 %");
        assert_eq!(percent(9_999, 10_000), "99.9 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
