//! Plain text as mail has it: lines of at most [`COLUMNS`], so that no client breaks them where it likes.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm, core::display_width, wrap};

/// The longest line, in columns (RFC 5322 section 2.1.1). A word that is longer, such as a link, stays whole.
pub(super) const COLUMNS: usize = 78;

/// Where what is said of the event begins, behind `Where:`.
const LABEL_COLUMNS: usize = 7;

/// The text in lines of at most [`COLUMNS`], never two of them blank in a row.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    let mut after_blank = true;
    for line in text.lines() {
        let is_blank = line.trim().is_empty();
        if !(is_blank && after_blank) {
            lines.push_str(&wrapped_line(line));
            lines.push('\n');
        }
        after_blank = is_blank;
    }
    lines.truncate(lines.trim_end_matches('\n').len());
    lines.push('\n');
    lines
}

/// Its further lines begin where it begins, or behind its dash; a link stays beside the one word before it.
fn wrapped_line(line: &str) -> String {
    // What parts a signature from the letter ends in a space.
    let line = if line == "-- " { line } else { line.trim_end() };
    if display_width(line) <= COLUMNS {
        return line.to_owned();
    }
    let text = line.trim_start();
    if text.split(' ').count() <= 2 {
        return line.to_owned();
    }
    let indent = line.len() - text.len();
    let behind = if text.starts_with("- ") { 2 } else { 0 };
    filled(text, &" ".repeat(indent), &" ".repeat(indent + behind))
}

/// `Where: Room 1, Hauptstraße 5`, further lines below the first.
pub(super) fn beside(text: &str, label: &str) -> String {
    let mut first = label.to_owned();
    if !first.is_empty() {
        first.push(':');
    }
    while display_width(&first) < LABEL_COLUMNS {
        first.push(' ');
    }
    filled(text, &first, &" ".repeat(LABEL_COLUMNS))
}

fn filled(text: &str, first: &str, further: &str) -> String {
    let options = Options::new(COLUMNS)
        .initial_indent(first)
        .subsequent_indent(further)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    wrap(text, options).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_wrapped_where_they_begin() {
        let words = "word ".repeat(30);
        let text = format!("  - {words}\n{words}\n\n\n\nend\n\n");
        let wrapped = wrapped(&text);
        assert!(wrapped.lines().all(|line| line.len() <= COLUMNS));
        assert_eq!(wrapped.lines().filter(|line| line.is_empty()).count(), 1);
        assert_eq!(wrapped.lines().nth(1).unwrap().find('w'), Some(4));
        assert!(wrapped.ends_with("\nend\n"));
        assert_eq!(wrapped.split_whitespace().count(), 62);
    }

    #[test]
    fn a_link_stays_whole() {
        let link = format!("https://a.test/{}", "x".repeat(200));
        let apart = format!("See\n{link}\nnow.\n");
        assert_eq!(wrapped(&format!("See {link} now.")), apart);
        let beside = format!("GET {link}\n");
        assert_eq!(wrapped(&beside), beside);
    }

    #[test]
    fn what_is_said_stands_beside_its_label() {
        assert_eq!(beside("Room 1", "Wo"), "Wo:    Room 1");
        assert_eq!(beside("10:00", ""), "       10:00");
        let long = beside(&"word ".repeat(30), "Where");
        assert!(long.lines().all(|line| line.len() <= COLUMNS));
        assert!(
            long.lines()
                .skip(1)
                .all(|line| line.starts_with("       w"))
        );
    }
}
