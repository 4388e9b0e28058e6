//! Why a row of a list names nobody.

use super::{MAX_FIELDS, MAX_ROW_BYTES, MAX_ROWS};
use crate::language::Language;

/// What is wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WhyNot {
    /// No address in it.
    NoAddress,
    /// Several addresses where one belongs.
    SeveralAddresses,
    /// Something else stands in place of the address.
    NotAnAddress,
    /// It ends before the column of the address, counted from 1.
    EndsBefore(usize),
    /// Longer than [`MAX_ROW_BYTES`].
    TooLong,
    /// More than [`MAX_FIELDS`] fields.
    TooManyFields,
    /// The address stands in an earlier row.
    Repeated,
    /// It comes after [`MAX_ROWS`] others.
    TooManyRows,
}

impl WhyNot {
    /// In words, as part of a sentence; no personal data.
    #[must_use]
    pub fn in_words(self, language: Language) -> String {
        match language {
            Language::English => self.in_english(),
            Language::German => self.in_german(),
        }
    }

    fn in_english(self) -> String {
        match self {
            Self::NoAddress => "there is no address in the row".to_owned(),
            Self::SeveralAddresses => {
                "there is more than one address in the field; each person has a row".to_owned()
            }
            Self::NotAnAddress => {
                "what stands in place of the address is not one mail can be sent to".to_owned()
            }
            Self::EndsBefore(column) => {
                format!("the row ends before column {column}, where the address would be")
            }
            Self::TooLong => format!(
                "the row is longer than {MAX_ROW_BYTES} bytes; perhaps a quote is never closed"
            ),
            Self::TooManyFields => format!("the row has more than {MAX_FIELDS} fields"),
            Self::Repeated => "the address stands in an earlier row, too".to_owned(),
            Self::TooManyRows => {
                format!("a list has at most {MAX_ROWS} rows; nothing from here on is read")
            }
        }
    }

    fn in_german(self) -> String {
        match self {
            Self::NoAddress => "in der Zeile steht keine Adresse".to_owned(),
            Self::SeveralAddresses => {
                "im Feld steht mehr als eine Adresse; jede Person hat eine eigene Zeile".to_owned()
            }
            Self::NotAnAddress => {
                "an der Stelle der Adresse steht keine, an die Mail geschickt werden kann"
                    .to_owned()
            }
            Self::EndsBefore(column) => {
                format!("die Zeile endet vor Spalte {column}, in der die Adresse stünde")
            }
            Self::TooLong => format!(
                "die Zeile ist länger als {MAX_ROW_BYTES} Byte; vielleicht fehlt ein schließendes Anführungszeichen"
            ),
            Self::TooManyFields => format!("die Zeile hat mehr als {MAX_FIELDS} Felder"),
            Self::Repeated => "die Adresse steht schon in einer früheren Zeile".to_owned(),
            Self::TooManyRows => {
                format!("eine Liste hat höchstens {MAX_ROWS} Zeilen; ab hier wird nichts gelesen")
            }
        }
    }
}
