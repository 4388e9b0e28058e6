use std::io::BufReader;

use proptest::prelude::*;

use super::*;

/// What the list of a mail holds, or why there is none.
fn list(mail: &str) -> Result<String, NoList> {
    let mut list = attached_list(mail.as_bytes()).unwrap()?;
    let mut text = Vec::new();
    list.read_to_end(&mut text).unwrap();
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A mail as clients write it: text, and one file.
fn mail(head: &str, body: &str) -> String {
    format!(
        "From: alice@a.test\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed;\r\n boundary=\"outer\"\r\n\r\n\
         preamble\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
         --inner\r\nContent-Type: text/plain\r\n\r\nHello, -- not a boundary\r\n--inner--\r\n\r\n\
         --outer\r\n{head}\r\n\r\n{body}\r\n--outer--\r\nepilogue\r\n"
    )
}

const ROWS: &str = "name;email\r\nBob =?;bob@b.test\r\nCärol;carol@c.test";

#[test]
fn the_list_is_found_however_it_is_labelled_and_encoded() {
    let base64 = data_encoding::BASE64.encode(ROWS.as_bytes());
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(21)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let quoted = ROWS.replace('=', "=3D").replace('ä', "=C3=\r\n=A4");
    for (head, body) in [
        ("Content-Type: text/csv", ROWS.to_owned()),
        (
            "Content-Type: TEXT/CSV; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
            ROWS.to_owned(),
        ),
        (
            "Content-Type: application/octet-stream; name=\"guests.CSV\"\r\nContent-Transfer-Encoding: Base64",
            lines.join("\r\n"),
        ),
        (
            "Content-Type: application/vnd.ms-excel\r\nContent-Disposition: attachment;\r\n filename*=utf-8''g%C3%A4ste.csv\r\nContent-Transfer-Encoding: base64",
            base64.trim_end_matches('=').to_owned(),
        ),
        (
            "Content-Type: text/plain; name=people.txt\r\nContent-Transfer-Encoding: quoted-printable",
            quoted,
        ),
    ] {
        let found = list(&mail(head, &body)).unwrap();
        assert_eq!(found.trim_end(), ROWS, "{head}");
    }
}

#[test]
fn a_mail_that_is_nothing_but_a_list_is_one() {
    let raw = "From: alice@a.test\nContent-Type: text/csv\n\nbob@b.test\n";
    assert_eq!(list(raw), Ok("bob@b.test\n".to_owned()));
}

#[test]
fn what_is_no_list_is_named() {
    for (head, what) in [
        ("Content-Type: text/html", NoList::NothingAttached),
        (
            "Content-Type: image/png; name=logo.png",
            NoList::NothingAttached,
        ),
        (
            "Content-Type: application/x; name=guests.xlsx",
            NoList::Spreadsheet,
        ),
        (
            "Content-Type: application/zip; name=guests.csv.zip",
            NoList::Packed,
        ),
    ] {
        assert_eq!(list(&mail(head, "AAAA")), Err(what), "{head}");
    }
    assert_eq!(list(""), Err(NoList::NothingAttached));
    assert_eq!(list("no mail at all"), Err(NoList::NothingAttached));
}

#[test]
fn a_second_list_is_noticed() {
    let one = mail("Content-Type: text/csv", ROWS);
    let two = one.replace(
        "--outer--",
        "--outer\r\nContent-Type: text/csv\r\n\r\nx@y.test\r\n--outer--",
    );
    for (raw, expected) in [(one, false), (two, true)] {
        let mut list = attached_list(raw.as_bytes()).unwrap().unwrap();
        assert_eq!(list.is_followed_by_another().unwrap(), expected);
    }
}

#[test]
fn a_boundary_that_is_never_closed_ends_with_the_mail() {
    let raw = mail("Content-Type: text/csv", ROWS);
    let raw = raw.split("\r\n--outer--").next().unwrap();
    assert_eq!(list(raw), Ok(ROWS.to_owned()));
}

#[test]
fn what_is_not_text_is_seen_by_its_bytes() {
    let utf16: Vec<u8> = "bob@b.test\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (file, expected) in [
        (b"PK\x03\x04rest".as_slice(), Some(NoList::Packed)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", Some(NoList::Spreadsheet)),
        (b"%PDF-1.7", Some(NoList::NotText)),
        (b"\x89PNG\r\n\x1a\n\0\0\0", Some(NoList::NotText)),
        (b"bob@b.test", None),
        (b"\xff\xfeb\0o\0b\0", None),
        (&utf16, None),
        (b"", None),
    ] {
        let found = text_only(file).unwrap().err();
        assert_eq!(found, expected, "{file:?}");
    }
}

proptest! {
    /// However the reader hands the bytes over.
    #[test]
    fn any_file_comes_out_as_it_went_in(
        file in proptest::collection::vec(any::<u8>(), 0..3000),
        buffer in 1usize..100,
        width in 1usize..80,
    ) {
        let base64 = data_encoding::BASE64.encode(&file);
        let body = base64.as_bytes().chunks(width)
            .map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap()))
            .collect::<String>();
        let raw = mail("Content-Type: text/csv\r\nContent-Transfer-Encoding: base64", &body);
        let mut list = attached_list(BufReader::with_capacity(buffer, raw.as_bytes())).unwrap().unwrap();
        let mut back = Vec::new();
        list.read_to_end(&mut back).unwrap();
        prop_assert_eq!(back, file);
    }

    #[test]
    fn reading_never_fails(mail in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(mut list) = attached_list(mail.as_slice()).unwrap() {
            let mut text = Vec::new();
            list.read_to_end(&mut text).unwrap();
        }
    }
}
