//! The list in a raw mail, found and decoded while the mail streams by: a mail of 40 MB takes no more memory than one of
//! 40 KB (RFC 2046 section 5.1, RFC 2045 section 6).

use std::io::{self, BufRead, Read};

use mail_parser::{MessageParser, MimeHeaders};

use super::quoted_printable;

/// Headers of a part beyond these are not looked at, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// A line is handled in pieces of this, in bytes.
const MAX_PIECE_BYTES: u64 = 16 * 1024;
/// Multiparts one inside the other that are gone into.
const MAX_DEPTH: usize = 20;
/// This much of a file shows whether it is text.
const SNIFFED_BYTES: u64 = 4096;

/// Why there is no list to read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoList {
    /// Nothing is attached that could be one.
    NothingAttached,
    /// A spreadsheet program's own file.
    Spreadsheet,
    /// A packed file.
    Packed,
    /// Something else that is not text.
    NotText,
}

/// The first list of a mail, its transfer encoding undone.
#[derive(Debug)]
pub struct AttachedList<R> {
    parts: Parts<R>,
    decoder: Decoder,
    /// Decoded, and how much of it was read.
    decoded: Vec<u8>,
    read: usize,
    is_at_end: bool,
}

/// Goes through a raw mail up to the first attached list.
///
/// # Errors
/// What the reader says; nothing in the mail itself is one.
pub fn attached_list<R: BufRead>(mail: R) -> io::Result<Result<AttachedList<R>, NoList>> {
    let mut parts = Parts::new(mail);
    let mut instead = NoList::NothingAttached;
    while let Some(part) = parts.next()? {
        match part {
            Part::List(decoder) => {
                return Ok(Ok(AttachedList {
                    parts,
                    decoder,
                    decoded: Vec::new(),
                    read: 0,
                    is_at_end: false,
                }));
            }
            Part::Instead(what) if instead == NoList::NothingAttached => instead = what,
            Part::Instead(_) | Part::Other => {}
        }
    }
    Ok(Err(instead))
}

/// Looks at the beginning of a file, and hands back all of it when it is text.
///
/// # Errors
/// What the reader says.
pub fn text_only<R: Read>(mut file: R) -> io::Result<Result<impl Read, NoList>> {
    let mut start = Vec::new();
    file.by_ref().take(SNIFFED_BYTES).read_to_end(&mut start)?;
    Ok(match sniffed(&start) {
        Some(what) => Err(what),
        None => Ok(io::Cursor::new(start).chain(file)),
    })
}

fn sniffed(start: &[u8]) -> Option<NoList> {
    // OLE2 is what .xls is in; a .xlsx is a zip as well, and nobody can tell by the first bytes.
    const MARKS: [(&[u8], NoList); 7] = [
        (b"\xd0\xcf\x11\xe0", NoList::Spreadsheet),
        (b"PK\x03\x04", NoList::Packed),
        (b"PK\x05\x06", NoList::Packed),
        (b"\x1f\x8b", NoList::Packed),
        (b"7z\xbc\xaf", NoList::Packed),
        (b"Rar!", NoList::Packed),
        (b"%PDF", NoList::NotText),
    ];
    if let Some((_, what)) = MARKS.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Some(*what);
    }
    let is_utf16 = start.starts_with(b"\xff\xfe")
        || start.starts_with(b"\xfe\xff")
        || super::csv::utf16_without_mark(start).is_some();
    let is_odd =
        |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\r' | b'\n' | 0x0b | 0x0c);
    let odd = start.iter().filter(is_odd).count();
    (!is_utf16 && (start.contains(&0) || odd * 20 > start.len())).then_some(NoList::NotText)
}

impl<R: BufRead> AttachedList<R> {
    /// Whether a further list is attached; goes through the rest of the mail.
    ///
    /// # Errors
    /// What the reader says.
    pub fn is_followed_by_another(&mut self) -> io::Result<bool> {
        while !self.is_at_end {
            self.fill()?;
        }
        while let Some(part) = self.parts.next()? {
            if matches!(part, Part::List(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn fill(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.read = 0;
        match self.parts.piece()? {
            Some(piece) => self.decoder.decode(&piece, &mut self.decoded),
            None => {
                self.is_at_end = true;
                self.decoder.end(&mut self.decoded);
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for AttachedList<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.decoded.len() && !self.is_at_end {
            self.fill()?;
        }
        let mut rest = self.decoded.get(self.read..).unwrap_or_default();
        let read = rest.read(into)?;
        self.read += read;
        Ok(read)
    }
}

/// One part, as far as lists go.
enum Part {
    List(Decoder),
    Instead(NoList),
    Other,
}

/// The parts of a mail in order; what is not asked for of one is skipped.
#[derive(Debug)]
struct Parts<R> {
    input: R,
    /// Of the multiparts that are open, the innermost last.
    boundaries: Vec<Vec<u8>>,
    is_at_line_start: bool,
    /// The next line is a header's.
    is_at_head: bool,
    /// The mail has ended.
    is_over: bool,
}

impl<R: BufRead> Parts<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            boundaries: Vec::new(),
            is_at_line_start: true,
            is_at_head: true,
            is_over: false,
        }
    }

    /// The next part; its body comes by [`Self::piece`].
    fn next(&mut self) -> io::Result<Option<Part>> {
        while !self.is_at_head && !self.is_over {
            self.piece()?;
        }
        if self.is_over {
            return Ok(None);
        }
        let head = self.head()?;
        Ok(Some(self.opened(&head)))
    }

    /// The header of a part, up to the blank line.
    fn head(&mut self) -> io::Result<Vec<u8>> {
        self.is_at_head = false;
        let mut head = Vec::new();
        while let Some(piece) = self.piece()? {
            let is_blank = piece.trim_ascii().is_empty();
            if is_blank && head.last().is_none_or(|byte| *byte == b'\n') {
                break;
            }
            if head.len() < MAX_HEAD_BYTES {
                head.extend_from_slice(&piece);
            }
        }
        Ok(head)
    }

    /// What the header says comes now.
    fn opened(&mut self, head: &[u8]) -> Part {
        let mut head = head.to_vec();
        head.extend_from_slice(b"\r\n");
        let Some(message) = MessageParser::default().parse_headers(&head) else {
            return Part::Other;
        };
        let content_type = message.content_type();
        let (main, sub) = content_type.map_or((String::new(), String::new()), |kind| {
            (
                kind.ctype().to_ascii_lowercase(),
                kind.subtype().unwrap_or_default().to_ascii_lowercase(),
            )
        });
        if main == "multipart" {
            let boundary = content_type.and_then(|kind| kind.attribute("boundary"));
            if let Some(boundary) = boundary
                && self.boundaries.len() < MAX_DEPTH
            {
                self.boundaries.push(boundary.as_bytes().to_vec());
            }
            return Part::Other;
        }
        let name = message.attachment_name().map(str::to_ascii_lowercase);
        match kind(&main, &sub, name.as_deref()) {
            Kind::List => Part::List(Decoder::of(message.content_transfer_encoding())),
            Kind::Instead(what) => Part::Instead(what),
            Kind::Other => Part::Other,
        }
    }

    /// A piece of the current part's body, a line at most; `None` at its end.
    fn piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        if self.is_at_head {
            return Ok(None);
        }
        self.input
            .by_ref()
            .take(MAX_PIECE_BYTES)
            .read_until(b'\n', &mut piece)?;
        if piece.is_empty() {
            self.is_over = true;
            return Ok(None);
        }
        let is_line_start = std::mem::replace(&mut self.is_at_line_start, piece.ends_with(b"\n"));
        if is_line_start && self.is_boundary(&piece) {
            return Ok(None);
        }
        Ok(Some(piece))
    }

    /// Whether this line ends the current part; then it says what comes next.
    fn is_boundary(&mut self, line: &[u8]) -> bool {
        let Some(text) = line.trim_ascii_end().strip_prefix(b"--") else {
            return false;
        };
        let found = self.boundaries.iter().rposition(|boundary| {
            text == boundary.as_slice()
                || text
                    .strip_suffix(b"--")
                    .is_some_and(|text| text == boundary.as_slice())
        });
        let Some(place) = found else {
            return false;
        };
        let is_last = self
            .boundaries
            .get(place)
            .is_some_and(|boundary| text.len() > boundary.len());
        // Inner ones that were never closed end here, too.
        self.boundaries
            .truncate(if is_last { place } else { place + 1 });
        self.is_at_head = !is_last;
        true
    }
}

enum Kind {
    List,
    Instead(NoList),
    Other,
}

fn kind(main: &str, sub: &str, name: Option<&str>) -> Kind {
    const LISTS: [&str; 6] = [
        "csv",
        "x-csv",
        "comma-separated-values",
        "x-comma-separated-values",
        "tab-separated-values",
        "x-tab-separated-values",
    ];
    let ends = |with: &[&str]| name.is_some_and(|name| with.iter().any(|end| name.ends_with(end)));
    // A name says more than a type: Windows calls every .csv a spreadsheet.
    if ends(&[".csv", ".tsv", ".tab", ".txt"]) {
        return Kind::List;
    }
    if ends(&[".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"]) {
        return Kind::Instead(NoList::Spreadsheet);
    }
    if ends(&[".zip", ".gz", ".7z", ".rar", ".tgz", ".bz2", ".xz"]) {
        return Kind::Instead(NoList::Packed);
    }
    if matches!(main, "text" | "application") && LISTS.contains(&sub) {
        return Kind::List;
    }
    Kind::Other
}

/// Undoes a transfer encoding, piece by piece.
#[derive(Debug)]
enum Decoder {
    Plain,
    /// What is left over of a group of four.
    Base64(Vec<u8>),
    /// What is left over of `=3D` at the end of a piece.
    QuotedPrintable(Vec<u8>),
}

impl Decoder {
    fn of(encoding: Option<&str>) -> Self {
        match encoding
            .map(|text| text.trim().to_ascii_lowercase())
            .as_deref()
        {
            Some("base64") => Self::Base64(Vec::new()),
            Some("quoted-printable") => Self::QuotedPrintable(Vec::new()),
            _ => Self::Plain,
        }
    }

    fn decode(&mut self, piece: &[u8], into: &mut Vec<u8>) {
        match self {
            Self::Plain => into.extend_from_slice(piece),
            Self::Base64(left) => {
                left.extend(piece.iter().filter(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
                }));
                let whole = left.len() / 4 * 4;
                for group in left.drain(..whole).collect::<Vec<_>>().chunks(4) {
                    base64_group(group, into);
                }
            }
            Self::QuotedPrintable(left) => {
                left.extend_from_slice(piece);
                let end = left.len();
                let kept = match left.iter().rposition(|byte| *byte == b'=') {
                    Some(place) if !left.ends_with(b"\n") && place + 3 > end => place,
                    _ => end,
                };
                let rest = left.split_off(kept);
                into.extend(quoted_printable(left));
                *left = rest;
            }
        }
    }

    fn end(&mut self, into: &mut Vec<u8>) {
        match self {
            Self::Plain => {}
            Self::Base64(left) => base64_group(left, into),
            Self::QuotedPrintable(left) => into.extend(quoted_printable(left)),
        }
    }
}

/// Up to four characters; what is not base64 is left out.
fn base64_group(group: &[u8], into: &mut Vec<u8>) {
    let mut padded: Vec<u8> = group.iter().copied().filter(|byte| *byte != b'=').collect();
    let length = padded.len();
    if length < 2 {
        return;
    }
    padded.resize(4, b'A');
    if let Ok(bytes) = data_encoding::BASE64.decode(&padded) {
        into.extend(bytes.iter().take(length - 1));
    }
}

#[cfg(test)]
mod tests;
