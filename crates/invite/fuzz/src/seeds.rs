//! Where a run begins: the golden files, and the mails their conversations send.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use conversation::{Action, Bindings, Step};
use invite::mail::{self, tnef};
use mail_parser::MessageParser;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Golden mails and letters, and every mail of a conversation that needs no letter of ours first.
pub fn mails() -> Vec<Vec<u8>> {
    let mut mails = BTreeSet::new();
    for folder in ["golden/mail", "golden/letters", "golden/tnef"] {
        mails.extend(files(&root().join(folder), "eml"));
    }
    for conversation in conversation::load_all(&root()).unwrap() {
        collect(&conversation.steps, &mut mails);
    }
    mails.into_iter().collect()
}

/// The calendars of those mails.
pub fn calendars() -> Vec<Vec<u8>> {
    let calendars: BTreeSet<_> = mails()
        .iter()
        .flat_map(|raw| mail::read(raw).0.calendars)
        .map(|part| part.text.into_bytes())
        .collect();
    calendars.into_iter().collect()
}

/// Every winmail.dat in the golden mails.
pub fn streams() -> Vec<Vec<u8>> {
    files(&root().join("golden/tnef"), "eml")
        .iter()
        .filter_map(|raw| MessageParser::default().parse(raw))
        .flat_map(|message| {
            message
                .attachments()
                .map(|part| part.contents().to_vec())
                .collect::<Vec<_>>()
        })
        .filter(|bytes| tnef::is_tnef(bytes))
        .collect()
}

/// The texts people write instead of pressing a button.
pub fn answers() -> Vec<Vec<u8>> {
    let golden = fs::read_to_string(root().join("golden/answers.txt")).unwrap();
    golden
        .split("\n### ")
        .skip(1)
        .filter_map(|block| {
            let (_, text) = block.split_once('\n')?;
            let (text, _) = text.rsplit_once("\n=> ")?;
            Some(text.as_bytes().to_vec())
        })
        .collect()
}

/// Lists as spreadsheets and contact books write them; none is stored among the golden files, for what is read of
/// them depends on bytes that editors like to mend.
pub fn lists() -> Vec<Vec<u8>> {
    let utf_16: Vec<u8> = "\u{feff}Name\tE-Mail\r\nAlice Ng\talice@a.test\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let texts: [&[u8]; 9] = [
        b"alice@a.test\nbob@b.test\n",
        b"email,name\r\nalice@a.test,\"Ng, Alice\"\r\nbob@b.test,Bob\r\n",
        b"\xef\xbb\xbfVorname;Nachname;E-Mail-Adresse\r\nJ\xc3\xbcrgen;Ng;alice@a.test\r\n",
        b"sep=;\r\nName;E-mail\r\nJ\xfcrgen;alice@a.test\r\n",
        b"First Name,Last Name,E-mail Address\rAlice,Ng,alice@a.test\r",
        b"Name\tMail\n\"Alice \"\"A\"\" Ng\"\talice@a.test\n\n\t\n",
        b"Alice Ng <alice@a.test>\n\"Ng, Bob\" <bob@b.test>\nmailto:carol@c.test\n",
        b"name|mail\nAlice|alice@a.test\nBob|no address\nAlice|ALICE@A.test\n",
        b"name,email\n\"never closed,alice@a.test\nbob,bob@b.test\n",
    ];
    texts
        .into_iter()
        .map(<[u8]>::to_vec)
        .chain([utf_16])
        .collect()
}

fn files(folder: &Path, extension: &str) -> Vec<Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

fn collect(steps: &[Step], mails: &mut BTreeSet<Vec<u8>>) {
    for step in steps {
        match &step.action {
            Action::Mail(mail) => mails.extend(mail.write(&Names).map(|message| message.bytes)),
            Action::Together(steps) => collect(steps, mails),
            _ => {}
        }
    }
}

/// Names that need no stored event.
struct Names;

impl Bindings for Names {
    fn mail_domain(&self) -> String {
        "acme.invites.example".to_owned()
    }
    fn address(&self, person: &str) -> String {
        person.to_owned()
    }
    fn client_uid(&self, event: &str) -> String {
        event.to_owned()
    }
    fn our_uid(&self, _organizer: &str, client_uid: &str) -> String {
        format!("{client_uid}@acme.invites.example")
    }
    fn signed_address(&self, _organizer: &str, _attendee: &str) -> String {
        "alice+aaaabbbbccccdddd@acme.invites.example".to_owned()
    }
    fn last_letter_to(&self, _person: &str) -> Option<Vec<u8>> {
        None
    }
}
