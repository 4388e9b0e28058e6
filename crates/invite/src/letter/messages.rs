//! What letters say in a language: the messages of `email-templates/<language>.ftl` (Fluent), and how templates name them.
//!
//! Fluent's own parser reads them. What they say is put together here, for they use a small part of the language:
//! texts, variables, and the plural of a number.

use std::{collections::HashMap, fmt::Write as _};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey},
    parser,
};
use minijinja::{AutoEscape, Error, ErrorKind, HtmlEscape, State, Value, value::Kwargs};

use crate::language::Language;

/// The messages of a language. A message that is not there is an error, and so is a variable that is not.
pub(super) struct Messages {
    language: Language,
    by_name: HashMap<&'static str, Vec<Piece>>,
}

/// A piece of a message.
#[derive(PartialEq, Eq, Debug)]
enum Piece {
    Text(&'static str),
    Variable(&'static str),
    /// What is said of one, and of any other number.
    Plural {
        of: &'static str,
        one: Vec<Piece>,
        other: Vec<Piece>,
    },
}

impl Messages {
    pub(super) fn new(language: Language) -> Result<Self, Error> {
        let source = match language {
            Language::English => include_str!("../../../../email-templates/en.ftl"),
            Language::German => include_str!("../../../../email-templates/de.ftl"),
        };
        let named = |what: String| fault(format!("{}.ftl: {what}", language.code()));
        Ok(Self {
            language,
            by_name: read(source).map_err(named)?,
        })
    }

    /// The message of that name with these variables, escaped where the template is HTML.
    pub(super) fn say(
        &self,
        state: &State<'_, '_>,
        id: &str,
        with: &Kwargs,
    ) -> Result<Value, Error> {
        let is_html = state.auto_escape() == AutoEscape::Html;
        let message = self.by_name.get(id);
        let message = message.ok_or_else(|| fault(format!("no message is named {id:?}")))?;
        let mut said = String::new();
        self.put_together(message, with, is_html, &mut said)
            .map_err(|error| fault(format!("the message {id:?}: {error}")))?;
        Ok(if is_html {
            Value::from_safe_string(said)
        } else {
            Value::from(said)
        })
    }

    fn put_together(
        &self,
        pieces: &[Piece],
        with: &Kwargs,
        is_html: bool,
        said: &mut String,
    ) -> Result<(), Error> {
        for piece in pieces {
            match piece {
                Piece::Text(text) => put(text, is_html, said)?,
                Piece::Variable(name) => {
                    let value = variable(name, with)?;
                    match whole_number(&value) {
                        Some(number) => said.push_str(&self.language.number(number)),
                        None => put(&value.to_string(), is_html && !value.is_safe(), said)?,
                    }
                }
                Piece::Plural { of, one, other } => {
                    let number = whole_number(&variable(of, with)?);
                    let number = number.ok_or_else(|| fault(format!("{of} is no number")))?;
                    let form = if number == 1 { one } else { other };
                    self.put_together(form, with, is_html, said)?;
                }
            }
        }
        Ok(())
    }
}

fn variable(name: &str, with: &Kwargs) -> Result<Value, Error> {
    let value: Value = with.get(name)?;
    if value.is_undefined() {
        let what = format!("{name} of the message");
        return Err(Error::new(ErrorKind::UndefinedError, what));
    }
    Ok(value)
}

fn whole_number(value: &Value) -> Option<u64> {
    value.is_number().then(|| value.clone().try_into().ok())?
}

fn put(text: &str, is_escaped: bool, said: &mut String) -> Result<(), Error> {
    if is_escaped {
        write!(said, "{}", HtmlEscape(text)).map_err(|error| fault(error.to_string()))?;
    } else {
        said.push_str(text);
    }
    Ok(())
}

/// The messages of a file, by name; an error names what is wrong with it.
fn read(source: &'static str) -> Result<HashMap<&'static str, Vec<Piece>>, String> {
    let resource = parser::parse_runtime(source).map_err(|(_, errors)| {
        let first = errors.first().map(ToString::to_string);
        first.unwrap_or_default()
    })?;
    let mut by_name = HashMap::with_capacity(resource.body.len());
    for entry in resource.body {
        let Entry::Message(Message {
            id,
            value: Some(value),
            ..
        }) = entry
        else {
            return Err("it holds something that is no message".to_owned());
        };
        let pieces = pieces(value);
        let pieces = pieces.ok_or_else(|| format!("{} is more than we can say", id.name))?;
        if by_name.insert(id.name, pieces).is_some() {
            return Err(format!("{} is there twice", id.name));
        }
    }
    Ok(by_name)
}

fn pieces(pattern: Pattern<&'static str>) -> Option<Vec<Piece>> {
    pattern.elements.into_iter().map(piece).collect()
}

/// `None`: we do not know how to say it.
fn piece(element: PatternElement<&'static str>) -> Option<Piece> {
    let expression = match element {
        PatternElement::TextElement { value } => return Some(Piece::Text(value)),
        PatternElement::Placeable { expression } => expression,
    };
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            Some(Piece::Variable(id.name))
        }
        Expression::Select {
            selector: InlineExpression::VariableReference { id },
            variants,
        } => {
            let [one, other] = <[_; 2]>::try_from(variants).ok()?;
            // The plurals of English and of German (CLDR), for whole numbers.
            let is_plural = one.key == VariantKey::Identifier { name: "one" }
                && other.key == VariantKey::Identifier { name: "other" };
            is_plural.then_some(())?;
            Some(Piece::Plural {
                of: id.name,
                one: pieces(one.value)?,
                other: pieces(other.value)?,
            })
        }
        _ => None,
    }
}

fn fault(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn variables(pieces: &[Piece]) -> BTreeSet<&'static str> {
        pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Text(_) => BTreeSet::new(),
                Piece::Variable(name) => BTreeSet::from([*name]),
                Piece::Plural { of, one, other } => {
                    let mut named = variables(one);
                    named.extend(variables(other));
                    named.insert(of);
                    named
                }
            })
            .collect()
    }

    #[test]
    fn every_language_has_the_same_messages_with_the_same_variables() {
        let [english, german] = Language::ALL.map(|language| {
            let messages = Messages::new(language).unwrap().by_name.into_iter();
            let messages = messages.map(|(name, pieces)| (name, variables(&pieces)));
            messages.collect::<BTreeMap<_, _>>()
        });
        assert_eq!(english, german);
    }

    #[test]
    fn a_file_that_says_more_than_we_can_is_an_error() {
        for (source, why) in [
            ("a = { NUMBER($b) }\n", "a is more than we can say"),
            (
                "a = { $b ->\n   *[other] c\n}\n",
                "a is more than we can say",
            ),
            (
                "a = { $b ->\n    [two] c\n   *[other] d\n}\n",
                "a is more than we can say",
            ),
            ("-a = b\n", "it holds something that is no message"),
            ("a = b\na = c\n", "a is there twice"),
        ] {
            assert_eq!(read(source).unwrap_err(), why, "{source}");
        }
        assert!(read("a = { $b\n").is_err());
    }

    #[test]
    fn what_is_not_there_is_an_error_and_numbers_are_grouped() {
        let render = |template: &'static str| {
            let mut environment = minijinja::Environment::new();
            let messages = Messages::new(Language::German).unwrap();
            environment.add_function(
                "say",
                move |state: &State<'_, '_>, id: &str, with: Kwargs| messages.say(state, id, &with),
            );
            environment.render_str(template, ())
        };
        for (template, said) in [
            (
                "{{ say('more-dates', count=1) }}",
                "und ein weiterer Termin",
            ),
            (
                "{{ say('more-dates', count=1200) }}",
                "und 1.200 weitere Termine",
            ),
            ("{{ say('more-dates', count=0) }}", "und 0 weitere Termine"),
        ] {
            assert_eq!(render(template).unwrap(), said);
        }
        for template in [
            "{{ say('more-dates') }}",
            "{{ say('more-dates', count='1') }}",
            "{{ say('invite-intro', organizer=nobody) }}",
            "{{ say('no-such-message') }}",
        ] {
            assert!(render(template).is_err(), "{template}");
        }
    }
}
