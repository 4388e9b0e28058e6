//! Where a run begins: the golden files, and the mails their conversations send.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use conversation::{Action, Bindings, Step};
use invite::mail;

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
