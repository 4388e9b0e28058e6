//! What letters say in a language: the messages of `email-templates/<language>.ftl` (Fluent), a tenant's own in the place of
//! ours, and how templates name them.
//!
//! Fluent's own parser reads them. What they say is put together here, for they use a small part of the language:
//! texts, variables, and the plural of a number.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey},
    parser,
};
use minijinja::{AutoEscape, Error, ErrorKind, HtmlEscape, State, Value, value::Kwargs};

use crate::language::Language;

/// The messages of a language. A message that is not there is an error, and so is a variable that is not.
pub(super) struct Messages {
    language: Language,
    by_name: HashMap<String, Vec<Piece>>,
}

/// A piece of a message.
#[derive(PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    Variable(String),
    /// What is said of one, and of any other number.
    Plural {
        of: String,
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

    /// Puts a tenant's messages in the place of ours of the same names; others are new, for his own templates. One of ours
    /// may name the variables it has and no other: whoever says it hands over no more.
    pub(super) fn put_own(&mut self, source: &str) -> Result<(), String> {
        for (name, pieces) in read(source)? {
            if let Some(ours) = self.by_name.get(&name) {
                let known = variables(ours);
                if let Some(unknown) = variables(&pieces).difference(&known).next() {
                    let known: Vec<_> = known.iter().map(|name| format!("${name}")).collect();
                    return Err(format!(
                        "{name} has no variable ${unknown}; it has {}",
                        if known.is_empty() {
                            "none".to_owned()
                        } else {
                            known.join(", ")
                        }
                    ));
                }
            }
            self.by_name.insert(name, pieces);
        }
        Ok(())
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

/// What a message has to be handed.
fn variables(pieces: &[Piece]) -> BTreeSet<&str> {
    pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Text(_) => BTreeSet::new(),
            Piece::Variable(name) => BTreeSet::from([name.as_str()]),
            Piece::Plural { of, one, other } => {
                let mut named = variables(one);
                named.extend(variables(other));
                named.insert(of);
                named
            }
        })
        .collect()
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
fn read(source: &str) -> Result<HashMap<String, Vec<Piece>>, String> {
    let resource = parser::parse_runtime(source).map_err(|(_, errors)| match errors.first() {
        Some(error) => {
            let before = source.get(..error.pos.start).unwrap_or_default();
            format!("line {}: {error}", before.matches('\n').count() + 1)
        }
        None => String::new(),
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
        if by_name.insert(id.name.to_owned(), pieces).is_some() {
            return Err(format!("{} is there twice", id.name));
        }
    }
    Ok(by_name)
}

fn pieces(pattern: Pattern<&str>) -> Option<Vec<Piece>> {
    pattern.elements.into_iter().map(piece).collect()
}

/// `None`: we do not know how to say it.
fn piece(element: PatternElement<&str>) -> Option<Piece> {
    let expression = match element {
        PatternElement::TextElement { value } => return Some(Piece::Text(value.to_owned())),
        PatternElement::Placeable { expression } => expression,
    };
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            Some(Piece::Variable(id.name.to_owned()))
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
                of: id.name.to_owned(),
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
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_language_has_the_same_messages_with_the_same_variables() {
        let [english, german] = Language::ALL.map(|language| Messages::new(language).unwrap());
        let shape = |messages: &Messages| {
            let named = |(name, pieces): (&String, &Vec<Piece>)| {
                let variables: Vec<_> = variables(pieces).into_iter().map(str::to_owned).collect();
                (name.clone(), variables)
            };
            messages
                .by_name
                .iter()
                .map(named)
                .collect::<BTreeMap<_, _>>()
        };
        assert_eq!(shape(&english), shape(&german));
    }

    #[test]
    fn a_tenants_messages_stand_in_the_place_of_ours_and_name_no_variable_we_do_not_hand_over() {
        let mut messages = Messages::new(Language::English).unwrap();
        let own = "where = Place\nmotto = Always on time, { $name }\n";
        messages.put_own(own).unwrap();
        assert_eq!(messages.by_name["where"], [Piece::Text("Place".to_owned())]);
        assert!(messages.by_name.contains_key("motto"));
        for (own, why) in [
            (
                "what = What\nwhere = At { $place }\n",
                "where has no variable $place; it has none",
            ),
            (
                "more-dates = and { $cont } more\n",
                "more-dates has no variable $cont; it has $count",
            ),
        ] {
            assert_eq!(messages.put_own(own).unwrap_err(), why);
        }
        let error = messages
            .put_own("where = Place\nwhat = { $a\n")
            .unwrap_err();
        assert!(error.starts_with("line 3: "), "{error}");
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
