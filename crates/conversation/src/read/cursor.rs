//! Goes through one statement, saying what it expected where it stops.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::token::{Statement, Token};
use crate::{problem::Problem, time::Time};

pub(super) struct Cursor<'a> {
    file: PathBuf,
    statement: &'a Statement,
    people: &'a BTreeSet<String>,
    next: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(file: &Path, statement: &'a Statement, people: &'a BTreeSet<String>) -> Self {
        Self {
            file: file.to_owned(),
            statement,
            people,
            next: 0,
        }
    }

    /// The line of the next token; of the last one at the end.
    pub(super) fn line(&self) -> usize {
        let tokens = &self.statement.tokens;
        tokens
            .get(self.next)
            .or(tokens.last())
            .map_or(1, |(line, _)| *line)
    }

    pub(super) fn problem(&self, text: impl Into<String>) -> Problem {
        Problem {
            file: self.file.clone(),
            line: self.line(),
            text: text.into(),
        }
    }

    /// "`x` is not …" at the next token.
    pub(super) fn expected(&self, what: &str) -> Problem {
        match self.statement.tokens.get(self.next) {
            Some((_, Token::Word(found) | Token::Text(found))) => {
                self.problem(format!("expected {what}, found `{found}`"))
            }
            None => self.problem(format!("expected {what} before the end of the statement")),
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.next >= self.statement.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        self.peek_at(0)
    }

    /// The word `ahead` tokens on.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a str> {
        match self.statement.tokens.get(self.next + ahead) {
            Some((_, Token::Word(word))) => Some(word),
            _ => None,
        }
    }

    /// Takes these words if they come next.
    pub(super) fn take(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let all = words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.peek_at(ahead) == Some(word));
        if all {
            self.next += words.len();
        }
        all
    }

    pub(super) fn must(&mut self, words: &str) -> Result<(), Problem> {
        if self.take(words) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{words}`")))
        }
    }

    pub(super) fn word(&mut self, what: &str) -> Result<&'a str, Problem> {
        let word = self.peek().ok_or_else(|| self.expected(what))?;
        self.next += 1;
        Ok(word)
    }

    pub(super) fn text(&mut self, what: &str) -> Result<String, Problem> {
        match self.statement.tokens.get(self.next) {
            Some((_, Token::Text(text))) => {
                self.next += 1;
                Ok(text.clone())
            }
            _ => Err(self.expected(&format!("{what} in \"…\""))),
        }
    }

    pub(super) fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N, Problem> {
        let number = self.peek().and_then(|word| word.parse().ok());
        match number {
            Some(number) => {
                self.next += 1;
                Ok(number)
            }
            None => Err(self.expected(&format!("{what}, a number"))),
        }
    }

    pub(super) fn time(&mut self) -> Result<Time, Problem> {
        match self.peek().and_then(Time::read) {
            Some(time) => {
                self.next += 1;
                Ok(time)
            }
            None => Err(self.expected(
                "a time: 2026-03-01T10:05Z, 2026-03-01, 2026-03-01T10:05 or 2026-03-01T10:05[Europe/Berlin]",
            )),
        }
    }

    /// Whether a person comes next.
    pub(super) fn is_person(&self) -> bool {
        self.peek().is_some_and(|word| self.find(word).is_some())
    }

    pub(super) fn person(&mut self) -> Result<String, Problem> {
        let found = self.peek().and_then(|word| self.find(word));
        match found {
            Some(person) => {
                self.next += 1;
                Ok(person)
            }
            None => Err(self.expected(
                "a person: an address, or what stands before its @ if one address of this file has it",
            )),
        }
    }

    fn find(&self, word: &str) -> Option<String> {
        if word.contains('@') {
            return Some(word.to_lowercase());
        }
        let mut named = self
            .people
            .iter()
            .filter(|address| address.split('@').next() == Some(word));
        match (named.next(), named.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }
}
