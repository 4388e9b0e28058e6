use std::io::{self, Read};

use proptest::prelude::*;

use super::*;
use crate::language::Language;

mod corpus;

/// Each row as `line name <address>`, or `line: why`.
fn rows(list: &[u8]) -> Vec<String> {
    Rows::new(list)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            match row.mailbox {
                Ok(mailbox) => format!(
                    "{} {} <{}>",
                    row.line,
                    mailbox.name.as_deref().unwrap_or("-"),
                    mailbox.address.as_str()
                ),
                Err(problem) => format!(
                    "{}: {}",
                    problem.line,
                    problem.why.in_words(Language::English)
                ),
            }
        })
        .collect()
}

#[test]
fn lists_as_people_have_them_are_read() {
    let same: &[&str] = &["2 Bob Näslund <bob@b.test>", "3 - <carol@c.test>"];
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "a plain list of addresses",
            "bob@b.test\ncarol@c.test",
            &["1 - <bob@b.test>", "2 - <carol@c.test>"],
        ),
        (
            "a header and commas",
            "Email,Name\nbob@b.test,Bob Näslund\ncarol@c.test,",
            same,
        ),
        (
            "German Excel",
            "Name;E-Mail-Adresse\r\nBob Näslund;bob@b.test\r\n;carol@c.test\r\n",
            same,
        ),
        (
            "tabs",
            "name\temail\nBob Näslund\tbob@b.test\n\tcarol@c.test\n",
            same,
        ),
        (
            "bars",
            "name|email\nBob Näslund|bob@b.test\n|carol@c.test\n",
            same,
        ),
        (
            "line ends of old Macs",
            "name,email\rBob Näslund,bob@b.test\r,carol@c.test\r",
            same,
        ),
        (
            "sep= of Excel",
            "sep=;\nname;email\nBob, the Great;bob@b.test",
            &["3 Bob, the Great <bob@b.test>"],
        ),
        (
            "first and last name",
            "First Name,Last Name,E-mail Address\nBob,Näslund,bob@b.test\n,,carol@c.test",
            same,
        ),
        (
            "Vorname und Name",
            "Name;Vorname;Adresse\nNäslund;Bob;bob@b.test\n;;carol@c.test",
            same,
        ),
        (
            "French",
            "Nom;Prénom;Courriel\nNäslund;Bob;bob@b.test\n;;carol@c.test",
            same,
        ),
        (
            "Spanish",
            "Nombre;Apellidos;Correo electrónico\nBob;Näslund;bob@b.test\n;;carol@c.test",
            same,
        ),
        (
            "Google Contacts",
            "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value\nBob Näslund,Bob,Näslund,Home,bob@b.test\n,,,,carol@c.test",
            same,
        ),
        (
            "no header, name first",
            "Bob Näslund;bob@b.test\ncarol@c.test",
            &["1 Bob Näslund <bob@b.test>", "2 - <carol@c.test>"],
        ),
        (
            "comma in names, semicolons between",
            "Ng, Alice;alice@a.test\nNäslund, Bob;bob@b.test",
            &["1 Ng, Alice <alice@a.test>", "2 Näslund, Bob <bob@b.test>"],
        ),
        (
            "as mail programs copy it",
            "\"Bob Näslund\" <bob@b.test>\nCarol <carol@c.test>",
            &["1 Bob Näslund <bob@b.test>", "2 Carol <carol@c.test>"],
        ),
        (
            "quotes, doubled quotes, newlines",
            "name,email\n\"Bob \"\"the\nman\"\"\",bob@b.test\nCarol,carol@c.test",
            &["2 Bob \"the man\" <bob@b.test>", "4 Carol <carol@c.test>"],
        ),
        (
            "blank lines and blank rows",
            "\n\nname,email\n,\n\nBob,bob@b.test\n",
            &["6 Bob <bob@b.test>"],
        ),
        ("nothing", "", &[]),
        ("a header alone", "name,email\n", &[]),
        ("mailto", "email\nmailto:Bob@B.test", &["2 - <bob@b.test>"]),
    ];
    for (what, list, expected) in cases {
        assert_eq!(rows(list.as_bytes()), *expected, "{what}");
        let with_crlf = list.replace("\r\n", "\n").replace('\n', "\r\n");
        if !list.contains('\r') {
            assert_eq!(rows(with_crlf.as_bytes()), *expected, "{what}, CRLF");
        }
    }
}

#[test]
fn a_row_that_invites_nobody_says_why() {
    let no_address = "there is no address in the row";
    let broken = "what stands in place of the address is not one mail can be sent to";
    let cases: &[(&str, &[&str])] = &[
        ("email,name\n,Bob", &[&format!("2: {no_address}")]),
        ("email,name\nbob(at)b.test,Bob", &[&format!("2: {broken}")]),
        (
            "bob@b\ncarol@c.test",
            &[&format!("1: {broken}"), "2 - <carol@c.test>"],
        ),
        (
            "name,city,email\nBob,Rome",
            &["2: the row ends before column 3, where the address would be"],
        ),
        (
            "email\n\"a@a.test, b@b.test\"",
            &["2: there is more than one address in the field; each person has a row"],
        ),
        (
            "bob@b.test\nBOB@b.test",
            &[
                "1 - <bob@b.test>",
                "2: the address stands in an earlier row, too",
            ],
        ),
        ("name,city\nBob,Rome", &[&format!("2: {no_address}")]),
        (
            "email\n\"bob@b.test\r\nBcc: x@y.test\"",
            &["2: there is more than one address in the field; each person has a row"],
        ),
    ];
    for (list, expected) in cases {
        assert_eq!(rows(list.as_bytes()), *expected, "{list:?}");
    }
}

#[test]
fn further_columns_are_kept_by_the_names_templates_know_them_by() {
    let list = format!(
        "Company name;E-mail;Name;Seat/Row;;seat row\nB  GmbH;bob@b.test;Bob;{};x;12\n;carol@c.test;;;;\n",
        "9".repeat(300)
    );
    let further: Vec<_> = Rows::new(list.as_bytes())
        .unwrap()
        .map(|row| row.unwrap().further)
        .collect();
    let expected = [
        vec![
            ("company_name".into(), "B GmbH".to_owned()),
            ("seat_row".into(), "9".repeat(200)),
        ],
        Vec::new(),
    ];
    assert_eq!(further, expected);
}

#[test]
fn what_is_kept_of_a_row_is_little() {
    let columns: Vec<_> = (0..100).map(|column| format!("c{column}")).collect();
    let values = vec!["v".repeat(150); 100];
    let list = format!(
        "email,{}\nbob@b.test,{}",
        columns.join(","),
        values.join(",")
    );
    let row = Rows::new(list.as_bytes()).unwrap().next().unwrap().unwrap();
    assert_eq!(row.further.len(), 3, "within 500 bytes");
}

#[test]
fn every_encoding_of_a_spreadsheet_is_read() {
    let list = "Name;E-Mail\r\nJürgen Groß;j@a.test\r\n";
    let expected = ["2 Jürgen Groß <j@a.test>"];
    let utf16 = |mark: bool, to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter()
            .chain(list.encode_utf16())
            .flat_map(to_bytes)
            .collect()
    };
    let windows_1252 = encoding_rs::WINDOWS_1252.encode(list).0.into_owned();
    for (what, bytes) in [
        ("UTF-8", list.as_bytes().to_vec()),
        (
            "UTF-8 with a mark",
            [b"\xef\xbb\xbf", list.as_bytes()].concat(),
        ),
        ("UTF-16LE with a mark", utf16(true, u16::to_le_bytes)),
        ("UTF-16BE with a mark", utf16(true, u16::to_be_bytes)),
        ("UTF-16LE", utf16(false, u16::to_le_bytes)),
        ("UTF-16BE", utf16(false, u16::to_be_bytes)),
        ("Windows-1252", windows_1252.clone()),
        (
            "two in one file",
            [&windows_1252[..], "Zoë;z@a.test".as_bytes()].concat(),
        ),
    ] {
        assert_eq!(rows(&bytes)[..1], expected, "{what}");
    }
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row_and_no_memory() {
    let mut list = b"email\nbob@b.test\n\"".to_vec();
    list.resize(10_000_000, b'x');
    assert_eq!(
        rows(&list),
        [
            "2 - <bob@b.test>",
            "3: the row is longer than 65536 bytes; perhaps a quote is never closed"
        ]
    );
}

#[test]
fn a_row_of_too_many_fields_is_one_problem() {
    let list = format!("email\nbob@b.test{}\ncarol@c.test", ",".repeat(5_000));
    assert_eq!(
        rows(list.as_bytes()),
        ["2: the row has more than 1024 fields", "3 - <carol@c.test>"]
    );
}

#[test]
fn a_list_ends_after_a_million_rows() {
    let all = Rows::new(io::repeat(b'x').take(0).chain(Endless(0))).unwrap();
    let last = all.map(Result::unwrap).last().unwrap();
    assert_eq!(last.number, MAX_ROWS + 1);
    assert_eq!(
        last.mailbox.unwrap_err().why.in_words(Language::English),
        "a list has at most 1000000 rows; nothing from here on is read"
    );
}

/// Rows without an end, each another address.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = format!("p{}@b.test\n", self.0);
        let Some(place) = buffer.get_mut(..line.len()) else {
            buffer.fill(b'\n');
            return Ok(buffer.len());
        };
        place.copy_from_slice(line.as_bytes());
        self.0 += 1;
        Ok(line.len())
    }
}

/// Gives one byte at a time, and is interrupted between.
struct Halting<'a>(&'a [u8], bool);

impl Read for Halting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.read(buffer.get_mut(..1).unwrap_or_default())
    }
}

#[test]
fn a_reader_that_fails_is_a_fault_and_no_row() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    assert!(Rows::new(Broken).is_err());
    let list = "a@a.test\n".repeat(30_000);
    let mut all = Rows::new(list.as_bytes().chain(Broken)).unwrap();
    assert!(all.by_ref().any(|row| row.is_err()));
    assert!(all.next().is_none());
}

proptest! {
    #[test]
    fn reading_what_the_csv_crate_writes_is_the_identity(
        people in proptest::collection::vec(("[^\\p{C}\\s@\u{feff}]([^\\p{C}\\p{Z}]| ){0,20}[^\\p{C}\\s@]", "[a-z0-9.]{0,5}[a-z]"), 1..30),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
        ends_in_crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(if ends_in_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(["Name", "E-Mail"]).unwrap();
        let mut expected = Vec::new();
        for (number, (name, local)) in people.into_iter().enumerate() {
            let address = format!("{local}{number}@b.test");
            writer.write_record([&name, &address]).unwrap();
            let words: Vec<_> = name.split_whitespace().collect();
            expected.push((words.join(" "), address));
        }
        let list = writer.into_inner().unwrap();
        let read = |rows: Vec<io::Result<Row>>| -> Vec<_> {
            rows.into_iter()
                .map(|row| row.unwrap().mailbox.unwrap())
                .map(|mailbox| (mailbox.name.unwrap_or_default(), mailbox.address.as_str().to_owned()))
                .collect()
        };
        prop_assert_eq!(read(Rows::new(&list[..]).unwrap().collect()), expected.clone());
        prop_assert_eq!(read(Rows::new(Halting(&list, false)).unwrap().collect()), expected);
    }

    #[test]
    fn no_bytes_make_it_panic_or_count_wrong(list in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let all: Vec<Row> = Rows::new(&list[..]).unwrap().map(Result::unwrap).collect();
        for (row, number) in all.iter().zip(1..) {
            prop_assert_eq!(row.number, number);
            prop_assert!(usize::try_from(row.line).unwrap() <= list.len() + 1);
        }
    }
}
