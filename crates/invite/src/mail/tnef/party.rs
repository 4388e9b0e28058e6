//! Who takes part: senders, who they send for, and recipients ([MS-OXOMSG] section 2.2.1).

use super::{
    Envelope,
    code_page::CodePage,
    cursor::Cursor,
    mapi::{Name, Properties},
    message::Message,
};
use crate::{address::Address, ical::Partstat};

/// A person, a room or a list. Within one Exchange organization addresses are X.500 names, which nobody outside can
/// mail to; then there is no address here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) address: Option<Address>,
}

/// Somebody invited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Attendee {
    pub(super) person: Person,
    pub(super) role: Role,
    pub(super) partstat: Partstat,
}

/// How much somebody's presence matters; rooms and things are what Outlook calls resources.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Required,
    Optional,
    Resource,
}

/// Where the parts of somebody's address stand.
struct Names {
    name: Name,
    kind: Name,
    email: Name,
    smtp: Name,
    search_key: Name,
}

const SENT_REPRESENTING: Names = Names {
    name: Name::Tag(0x0042),
    kind: Name::Tag(0x0064),
    email: Name::Tag(0x0065),
    smtp: Name::Tag(0x5d02),
    search_key: Name::Tag(0x003b),
};
const SENDER: Names = Names {
    name: Name::Tag(0x0c1a),
    kind: Name::Tag(0x0c1e),
    email: Name::Tag(0x0c1f),
    smtp: Name::Tag(0x5d01),
    search_key: Name::Tag(0x0c1d),
};
const RECEIVED_REPRESENTING: Names = Names {
    name: Name::Tag(0x0044),
    kind: Name::Tag(0x0077),
    email: Name::Tag(0x0078),
    smtp: Name::Tag(0x5d08),
    search_key: Name::Tag(0x0052),
};
const RECIPIENT: Names = Names {
    name: Name::Tag(0x3001),
    kind: Name::Tag(0x3002),
    email: Name::Tag(0x3003),
    smtp: Name::Tag(0x39fe),
    search_key: Name::Tag(0x300b),
};
const RECIPIENT_TYPE: Name = Name::Tag(0x0c15);
const RECIPIENT_FLAGS: Name = Name::Tag(0x5ffd);
const RECIPIENT_TRACK_STATUS: Name = Name::Tag(0x5fff);

/// Everybody a message names, by what he has to do with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Parties {
    /// In whose name it was sent.
    pub(super) represented: Person,
    /// Who sent it.
    pub(super) sender: Person,
    /// To whom it went, where it names one.
    pub(super) receiver: Person,
    /// The recipient marked as organizer.
    pub(super) organizer: Option<Person>,
    pub(super) attendees: Vec<Attendee>,
}

impl Parties {
    /// `is_answer`: then attOwner is who gets it, else who sends it ([MS-OXTNEF] section 2.3.3.10).
    pub(super) fn read(message: &Message<'_>, is_answer: bool) -> Self {
        let code_page = message.code_page;
        let by = |names| person(&message.properties, &names, code_page);
        let counted = |data| counted(data, code_page);
        let legacy = &message.legacy;
        let owner = legacy.owner.and_then(counted).unwrap_or_default();
        let (owner_sends, owner_receives) = if is_answer {
            (Person::default(), owner)
        } else {
            (owner, Person::default())
        };
        let mut parties = Self {
            represented: by(SENT_REPRESENTING)
                .or(legacy.sent_for.and_then(counted).unwrap_or_default())
                .or(owner_sends),
            sender: by(SENDER).or(legacy
                .from
                .and_then(|from| triple(from, code_page))
                .unwrap_or_default()),
            receiver: by(RECEIVED_REPRESENTING).or(owner_receives),
            ..Self::default()
        };
        for row in &message.recipients {
            parties.recipient(row, code_page);
        }
        parties
    }

    fn recipient(&mut self, row: &Properties<'_>, code_page: CodePage) {
        const ORIGINATOR: i64 = 0;
        const OPTIONAL: i64 = 2;
        const RESOURCE: i64 = 3;
        const IS_ORGANIZER: i64 = 2;
        let person = person(row, &RECIPIENT, code_page);
        let kind = row.number(RECIPIENT_TYPE);
        let flags = row.number(RECIPIENT_FLAGS).unwrap_or(0);
        if kind == Some(ORIGINATOR) || flags & IS_ORGANIZER != 0 {
            self.organizer.get_or_insert(person);
            return;
        }
        let is_known = |known: &Attendee| known.person == person;
        // The same twice in a row is one to an older Outlook; a search of all would take long.
        if person != Person::default() && !self.attendees.last().is_some_and(is_known) {
            self.attendees.push(Attendee {
                person,
                role: match kind {
                    Some(OPTIONAL) => Role::Optional,
                    Some(RESOURCE) => Role::Resource,
                    _ => Role::Required,
                },
                partstat: match row.number(RECIPIENT_TRACK_STATUS) {
                    Some(2) => Partstat::Tentative,
                    Some(3) => Partstat::Accepted,
                    Some(4) => Partstat::Declined,
                    _ => Partstat::NeedsAction,
                },
            });
        }
    }

    /// In whose name the message was sent; who has an address inside of Exchange only is who the mail is from.
    pub(super) fn author(&self, envelope: &Envelope) -> Person {
        let author = self.represented.clone().or(self.sender.clone());
        match (&author.address, &envelope.from) {
            (None, Some(from)) => Person {
                address: Some(from.address.clone()),
                name: author.name.or_else(|| from.name.clone()),
            },
            _ => author,
        }
    }
}

impl Person {
    /// This one, completed by the other where they may be the same.
    fn or(self, other: Self) -> Self {
        if self.address.is_some() || other == Self::default() {
            return self;
        }
        if self.name.is_none() || self.name == other.name {
            return other;
        }
        self
    }
}

fn person(properties: &Properties<'_>, names: &Names, code_page: CodePage) -> Person {
    let text = |name| properties.text(name, code_page);
    let is_smtp = text(names.kind).is_none_or(|kind| kind.eq_ignore_ascii_case("SMTP"));
    let by_search_key = || {
        let key = properties.bytes(names.search_key)?;
        smtp(&code_page.decode(key))
    };
    let address = text(names.smtp)
        .and_then(|text| Address::parse(&text))
        .or_else(|| {
            text(names.email)
                .filter(|_| is_smtp)
                .and_then(|text| Address::parse(&text))
        })
        .or_else(by_search_key);
    Person {
        name: text(names.name).filter(|name| Address::parse(name).is_none() || address.is_none()),
        address,
    }
}

/// `SMTP:alice@a.test`
fn smtp(text: &str) -> Option<Address> {
    let (kind, address) = text.split_once(':')?;
    kind.eq_ignore_ascii_case("SMTP")
        .then(|| Address::parse(address.trim()))
        .flatten()
}

/// attOwner, attSentFor: name and address, each behind its length.
fn counted(data: &[u8], code_page: CodePage) -> Option<Person> {
    let mut cursor = Cursor::new(data);
    let mut text = || {
        let length = usize::from(cursor.u16()?);
        Some(code_page.decode(cursor.take(length)?))
    };
    let (name, address) = (text()?, text()?);
    Some(of(&name, &address))
}

/// attFrom: a triple, of which one kind is in use.
fn triple(data: &[u8], code_page: CodePage) -> Option<Person> {
    let mut cursor = Cursor::new(data);
    let _kind = cursor.u16()?;
    let _size = cursor.u16()?;
    let (name, address) = (usize::from(cursor.u16()?), usize::from(cursor.u16()?));
    let name = code_page.decode(cursor.take(name)?);
    let address = code_page.decode(cursor.take(address)?);
    Some(of(&name, &address))
}

fn of(name: &str, address: &str) -> Person {
    let name = name.trim();
    Person {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: smtp(address),
    }
}
