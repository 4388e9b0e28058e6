//! Which column is what, and whom a row names.

use std::sync::Arc;

use super::{Further, WhyNot, record::Record};
use crate::address::{Address, Mailbox};

/// Column names in English, German, French, Spanish and of the contact books of Google and Outlook; letters and digits
/// only, lower case.
const ADDRESS: [&str; 26] = [
    "email",
    "emails",
    "emailaddress",
    "emailadresse",
    "email1",
    "email1value",
    "email1address",
    "primaryemail",
    "mail",
    "mailaddress",
    "mailadresse",
    "attendeeemail",
    "recipient",
    "empfänger",
    "courriel",
    "adressemail",
    "adresseemail",
    "adressecourriel",
    "adresseélectronique",
    "adressedemessagerie",
    "correo",
    "correoelectrónico",
    "correoelectronico",
    "direccióndecorreo",
    "direccióndecorreoelectrónico",
    "emailid",
];
/// May as well be a street.
const PERHAPS_ADDRESS: [&str; 4] = ["address", "adresse", "dirección", "direccion"];
const FIRST_NAME: [&str; 7] = [
    "firstname",
    "givenname",
    "first",
    "vorname",
    "prénom",
    "prenom",
    "nombres",
];
const LAST_NAME: [&str; 9] = [
    "lastname",
    "surname",
    "familyname",
    "last",
    "nachname",
    "familienname",
    "nomdefamille",
    "apellido",
    "apellidos",
];
/// Or, beside a column of one part of the name, the other part: "Vorname;Name", "Nombre;Apellidos".
const NAME: [&str; 13] = [
    "name",
    "fullname",
    "displayname",
    "attendeename",
    "attendee",
    "vollständigername",
    "vorundnachname",
    "nom",
    "nomcomplet",
    "nomprénom",
    "nombre",
    "nombrecompleto",
    "nombreyapellidos",
];

/// Longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 200;

/// Further columns that are kept, characters of a column's name and of a value, and bytes of all of a row: what is kept of
/// a row goes into its person's record.
const MAX_FURTHER: usize = 20;
const MAX_COLUMN_CHARS: usize = 40;
const MAX_VALUE_CHARS: usize = 200;
const MAX_FURTHER_BYTES: usize = 500;

/// The columns that matter, from 0.
#[derive(Default)]
pub(super) struct Columns {
    /// `None`: whichever field of a row holds an address.
    address: Option<usize>,
    name: Name,
    /// The others, by the names templates know them by.
    further: Vec<(usize, Arc<str>)>,
}

#[derive(Clone, Copy, Default)]
enum Name {
    /// There is no header. Of two fields the one that is not the address is the name; of more, none is known to be.
    #[default]
    Other,
    None,
    Full(usize),
    FirstAndLast(usize, usize),
}

impl Name {
    fn is_of(self, column: usize) -> bool {
        match self {
            Self::Other | Self::None => false,
            Self::Full(only) => column == only,
            Self::FirstAndLast(first, last) => column == first || column == last,
        }
    }
}

/// A column's name as a template's variable: `Company name` is `company_name`.
fn variable(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_").to_lowercase();
    name.chars().take(MAX_COLUMN_CHARS).collect()
}

impl Columns {
    /// What the first record shows, and whether it is a header. It is none when something in it looks like an address,
    /// even a broken one: that row has to be reported.
    pub(super) fn of(first: &Record<'_>) -> (Self, bool) {
        if first.fields().any(|field| field.contains('@')) {
            return (Self::default(), false);
        }
        let names: Vec<String> = first
            .fields()
            .map(|field| {
                field
                    .chars()
                    .filter(|c| c.is_alphanumeric())
                    .flat_map(char::to_lowercase)
                    .collect()
            })
            .collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let name = match (find(&FIRST_NAME), find(&LAST_NAME), find(&NAME)) {
            (Some(first), Some(last), _)
            | (Some(first), None, Some(last))
            | (None, Some(last), Some(first)) => Name::FirstAndLast(first, last),
            (Some(only), None, None) | (None, Some(only), None) | (None, None, Some(only)) => {
                Name::Full(only)
            }
            (None, None, None) => Name::None,
        };
        let address = find(&ADDRESS).or_else(|| find(&PERHAPS_ADDRESS));
        let is_further = |place: &usize| Some(*place) != address && !name.is_of(*place);
        let mut further: Vec<(usize, Arc<str>)> = Vec::new();
        for (place, field) in first.fields().enumerate() {
            let column = variable(&field);
            let is_new = further.iter().all(|(_, known)| **known != *column);
            if is_further(&place) && is_new && !column.is_empty() && further.len() < MAX_FURTHER {
                further.push((place, column.into()));
            }
        }
        let columns = Self {
            address,
            name,
            further,
        };
        (columns, true)
    }

    /// Whom a row names, or why it names nobody.
    pub(super) fn mailbox(&self, record: &Record<'_>) -> Result<Mailbox, WhyNot> {
        let (place, mailbox) = match self.address {
            Some(place) => {
                let field = record.field(place).ok_or(WhyNot::EndsBefore(place + 1))?;
                (place, mailbox_of(&field).ok_or_else(|| why_not(&field))?)
            }
            None => record
                .fields()
                .enumerate()
                .find_map(|(place, field)| Some((place, mailbox_of(&field)?)))
                .ok_or_else(|| {
                    let broken = record.fields().find(|field| field.contains('@'));
                    why_not(broken.as_deref().unwrap_or_default())
                })?,
        };
        let text = |number: usize| record.field(number).unwrap_or_default().into_owned();
        let name = match self.name {
            Name::Full(column) => text(column),
            Name::FirstAndLast(first, last) => format!("{} {}", text(first), text(last)),
            Name::Other if record.fields().count() == 2 => text(1 - place),
            Name::Other | Name::None => String::new(),
        };
        Ok(Mailbox {
            name: clean(&name, MAX_NAME_CHARS).or(mailbox.name),
            address: mailbox.address,
        })
    }
}

impl Columns {
    /// What stands in the further columns, for templates; nothing that is empty.
    pub(super) fn further(&self, record: &Record<'_>) -> Further {
        let mut room = MAX_FURTHER_BYTES;
        let mut further = Vec::new();
        for (place, column) in &self.further {
            let Some(value) = record
                .field(*place)
                .and_then(|field| clean(&field, MAX_VALUE_CHARS))
            else {
                continue;
            };
            match room.checked_sub(column.len() + value.len()) {
                Some(left) => room = left,
                None => break,
            }
            further.push((Arc::clone(column), value));
        }
        further
    }

    /// What stands where the address would be: in its column, or whatever holds an `@`, or the first field that is not
    /// blank.
    pub(super) fn cell(&self, record: &Record<'_>) -> String {
        let fields = || record.fields().filter(|field| !field.is_empty());
        let cell = match self.address {
            Some(place) => record.field(place),
            None => fields()
                .find(|field| field.contains('@'))
                .or_else(|| fields().next()),
        };
        cell.unwrap_or_default().into_owned()
    }
}

/// `bob@b.test`, or `Bob <bob@b.test>` as mail programs copy it.
pub(super) fn mailbox_of(field: &str) -> Option<Mailbox> {
    match field
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((name, address)) => Some(Mailbox {
            address: Address::parse(address)?,
            name: clean(name.trim().trim_matches('"'), MAX_NAME_CHARS),
        }),
        None => Some(Mailbox {
            address: Address::parse(field)?,
            name: None,
        }),
    }
}

fn why_not(field: &str) -> WhyNot {
    let several = field
        .split([',', ';', ' ', '\n'])
        .filter(|part| part.contains('@'));
    if field.is_empty() {
        WhyNot::NoAddress
    } else if several.count() > 1 {
        WhyNot::SeveralAddresses
    } else {
        WhyNot::NotAnAddress
    }
}

/// One line, single spaces, no control characters; `None` if nothing is left.
fn clean(text: &str, max_chars: usize) -> Option<String> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let text: String = words.join(" ").chars().take(max_chars).collect();
    (!text.is_empty()).then_some(text)
}
