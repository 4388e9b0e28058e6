//! Our own mails, damaged in every way: nothing panics, and the same damage reads the same twice.

use std::{fs, path::PathBuf, sync::LazyLock};

use invite::{
    command::{Policy, Receipt, read},
    ical, mail,
};
use proptest::prelude::*;

static MAILS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/mail");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
});

/// One damage; places are in thousandths of the mail.
#[derive(Clone, Debug)]
enum Damage {
    Overwrite(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    Delete(usize, usize),
    Repeat(usize, usize),
    Cut(usize),
    WithoutReturns,
    OnlyReturns,
}

impl Damage {
    fn apply(&self, mail: &mut Vec<u8>) {
        let length = mail.len();
        let at = |place: usize| length * place / 1_000;
        match self {
            Self::Overwrite(place, bytes) => {
                for (old, new) in mail.iter_mut().skip(at(*place)).zip(bytes) {
                    *old = *new;
                }
            }
            Self::Insert(place, bytes) => {
                mail.splice(at(*place)..at(*place), bytes.iter().copied());
            }
            Self::Delete(a, b) => {
                mail.drain(at(*a.min(b))..at(*a.max(b)));
            }
            Self::Repeat(a, b) => {
                let piece = mail[at(*a.min(b))..at(*a.max(b))].to_vec();
                mail.splice(at(*a)..at(*a), piece);
            }
            Self::Cut(place) => mail.truncate(at(*place)),
            Self::WithoutReturns => mail.retain(|byte| *byte != b'\r'),
            Self::OnlyReturns => mail.retain(|byte| *byte != b'\n'),
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 1..6),
            prop::sample::select(vec![
                "\r\n ",
                "\n\n",
                "\r",
                "=",
                "=\r\n",
                ":",
                ";",
                "\"",
                "^",
                "\\",
                "\0",
                "--",
                "BEGIN:VEVENT\r\n",
                "END:VCALENDAR\r\n",
                "VERSION:1.0\r\n",
                ";TZID=",
                ";ENCODING=QUOTED-PRINTABLE:",
                "Content-Transfer-Encoding: base64\r\n",
                "charset=utf-16",
            ])
            .prop_map(|text| text.as_bytes().to_vec()),
        ]
    };
    let place = || 0..1_000_usize;
    prop_oneof![
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes)),
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (place(), place()).prop_map(|(a, b)| Damage::Delete(a, b)),
        (place(), place()).prop_map(|(a, b)| Damage::Repeat(a, b)),
        place().prop_map(Damage::Cut),
        Just(Damage::WithoutReturns),
        Just(Damage::OnlyReturns),
    ]
}

proptest! {
    #[test]
    fn a_damaged_mail_is_read_without_a_panic_and_always_alike(
        mail in 0..MAILS.len(),
        damages in prop::collection::vec(damage(), 1..5),
    ) {
        let mut raw = MAILS[mail].clone();
        for damage in &damages {
            damage.apply(&mut raw);
        }
        let reading = read(&raw, &Receipt::default(), &Policy::default());
        prop_assert!(reading == read(&raw, &Receipt::default(), &Policy::default()));
        let (text, _) = mail::decode_calendar(&raw);
        prop_assert!(ical::read(&text) == ical::read(&text));
    }
}
