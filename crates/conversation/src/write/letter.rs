//! What an answer needs of the letter it answers.

/// A header's value, unfolded; the first of that name.
pub(super) fn header(letter: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(letter);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n").peekable();
    while let Some(line) = lines.next() {
        let Some((found, value)) = line.split_once(':') else {
            continue;
        };
        if !found.eq_ignore_ascii_case(name) {
            continue;
        }
        let mut value = value.trim().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(more.trim());
        }
        return Some(value);
    }
    None
}

/// The address in a header that names one mailbox.
pub(super) fn address(letter: &[u8], name: &str) -> Option<String> {
    let value = header(letter, name)?;
    let bare = match value.rsplit_once('<') {
        Some((_, address)) => address.trim_end_matches('>'),
        None => value.as_str(),
    };
    Some(bare.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_header_is_read_whole() {
        let letter = b"From: a@a.test\r\nREPLY-TO: \"Al\"\r\n <al+k7@acme.test>\r\nX: y\r\n\r\nReply-To: <no>";
        assert_eq!(
            address(letter, "Reply-To").as_deref(),
            Some("al+k7@acme.test")
        );
        assert_eq!(header(letter, "References"), None);
    }
}
