//! Text → [`Conversation`].

mod cursor;
mod expect;
mod mail;
mod token;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use crate::{Action, Conversation, Details, Event, Given, Step, Time, problem::Problem};
use cursor::Cursor;
use token::{Statement, Token};

/// Reads a whole file.
pub(crate) fn conversation(file: &Path, text: &str, root: &Path) -> Result<Conversation, Problem> {
    let (title, statements) = token::statements(file, text)?;
    let people = addresses(&statements);
    let mut reader = Reader {
        file: file.to_owned(),
        root: root.to_owned(),
        people: &people,
        at: None,
        organizers: BTreeMap::new(),
        first_event: None,
        details: BTreeMap::new(),
        mails: 0,
        named_mails: BTreeMap::new(),
    };
    let mut steps = Vec::new();
    let mut statements = statements.iter().peekable();
    while let Some(statement) = statements.next() {
        let mut step = reader.step(statement)?;
        if let Action::Together(racing) = &mut step.action {
            while let Some(inner) = statements.next_if(|next| next.indented) {
                racing.push(reader.racing_step(inner)?);
            }
            if racing.len() < 2 {
                return Err(reader
                    .cursor(statement)
                    .problem("`together` is followed by two or more indented statements"));
            }
        }
        steps.push(step);
    }
    if !steps
        .iter()
        .any(|step| matches!(step.action, Action::Expect(_)))
    {
        return Err(Problem {
            file: file.to_owned(),
            line: 1,
            text: "nothing is expected, so this cannot fail: add an `expect`".to_owned(),
        });
    }
    let name = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(Conversation {
        name,
        file: file.to_owned(),
        title,
        addresses: people,
        steps,
    })
}

/// What is known while reading on.
struct Reader<'a> {
    file: PathBuf,
    root: PathBuf,
    people: &'a BTreeSet<String>,
    at: Option<Timestamp>,
    /// Who first sent a mail about the event of this name.
    organizers: BTreeMap<String, String>,
    first_event: Option<String>,
    /// What the last REQUEST of an event said.
    details: BTreeMap<Event, Details>,
    mails: usize,
    named_mails: BTreeMap<String, usize>,
}

impl<'a> Reader<'a> {
    fn cursor<'s>(&self, statement: &'s Statement) -> Cursor<'s>
    where
        'a: 's,
    {
        Cursor::new(&self.file, statement, self.people)
    }

    fn racing_step(&mut self, statement: &Statement) -> Result<Step, Problem> {
        let step = self.step(statement)?;
        match step.action {
            Action::Mail(_) | Action::Invite { .. } | Action::Repeat { .. } => Ok(step),
            _ => Err(self
                .cursor(statement)
                .problem("only `mail`, `invite`, `again` and `redeliver` can stand in `together`")),
        }
    }

    fn step(&mut self, statement: &Statement) -> Result<Step, Problem> {
        let mut cursor = self.cursor(statement);
        let line = cursor.line();
        let at = self.time_of(&mut cursor)?;
        let action = match cursor.word("a statement")? {
            "given" => match self.time_passed(&mut cursor)? {
                Some(passed) => {
                    self.at = Some(at + passed);
                    Action::Given(Given::TimePassed(passed))
                }
                None => Action::Given(self.given(&mut cursor)?),
            },
            "mail" => Action::Mail(Box::new(self.mail(&mut cursor, at)?)),
            "invite" => {
                let event = self.event(&mut cursor)?;
                let mut people = vec![cursor.person()?];
                while !cursor.at_end() {
                    people.push(cursor.person()?);
                }
                Action::Invite { event, people }
            }
            word @ ("again" | "redeliver") => self.repeat(&mut cursor, word == "redeliver")?,
            "together" => Action::Together(Vec::new()),
            "expect" => Action::Expect(self.expectations(&mut cursor)?),
            other => {
                return Err(cursor.problem(format!(
                    "`{other}` is no statement: expected given, mail, invite, again, redeliver, together or expect"
                )));
            }
        };
        if !cursor.at_end() {
            return Err(cursor.expected("the end of the statement"));
        }
        Ok(Step { line, at, action })
    }

    /// `at TIME`, `at +5m`, or a minute after the last statement.
    fn time_of(&mut self, cursor: &mut Cursor<'_>) -> Result<Timestamp, Problem> {
        let at = if cursor.take("at") {
            let word = cursor.peek().unwrap_or_default();
            match (word.strip_prefix('+').and_then(duration), self.at) {
                (Some(after), Some(last)) => {
                    cursor.word("a time")?;
                    last + after
                }
                _ => match cursor.time()? {
                    Time::Utc(at) => at,
                    _ => {
                        return Err(
                            cursor.problem("`at` takes a UTC time: 2026-03-01T10:05Z or +5m")
                        );
                    }
                },
            }
        } else {
            match self.at {
                Some(last) => last + SignedDuration::from_mins(1),
                // 2026-03-01T10:00Z: any past time will do, as long as it is the same with every run.
                None => Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 20_513 + 10),
            }
        };
        self.at = Some(at);
        Ok(at)
    }

    /// `DURATION pass`.
    fn time_passed(&self, cursor: &mut Cursor<'_>) -> Result<Option<SignedDuration>, Problem> {
        let Some(passed) = cursor.peek().and_then(duration) else {
            return Ok(None);
        };
        cursor.word("how long")?;
        cursor.must("pass")?;
        Ok(Some(passed))
    }

    fn given(&mut self, cursor: &mut Cursor<'_>) -> Result<Given, Problem> {
        if cursor.take("organizer") {
            let organizer = cursor.person()?;
            if cursor.take("suspended") {
                return Ok(Given::Suspended { organizer });
            }
            cursor.must("has used up his events")?;
            return Ok(Given::EventsUsedUp { organizer });
        }
        if cursor.take("event") {
            let event = self.event(cursor)?;
            cursor.must("has used up its invitations")?;
            return Ok(Given::InvitationsUsedUp { event });
        }
        let attendee = cursor.person()?;
        cursor.must("blocks")?;
        Ok(Given::Blocked {
            attendee,
            organizer: cursor.person()?,
        })
    }

    fn repeat(&self, cursor: &mut Cursor<'_>, same_mail_id: bool) -> Result<Action, Problem> {
        let number = match cursor.peek() {
            Some(name) => {
                let number = self.named_mails.get(name).copied();
                let number =
                    number.ok_or_else(|| cursor.expected("a mail's name, given by `as NAME`"))?;
                cursor.word("a name")?;
                number
            }
            None => self
                .mails
                .checked_sub(1)
                .ok_or_else(|| cursor.problem("there is no mail yet to repeat"))?,
        };
        Ok(Action::Repeat {
            number,
            same_mail_id,
        })
    }

    /// `E` or `E of P`.
    fn event(&self, cursor: &mut Cursor<'_>) -> Result<Event, Problem> {
        let name = cursor.word("an event's name")?.to_owned();
        let organizer = if cursor.take("of") {
            Some(cursor.person()?)
        } else {
            self.organizers.get(&name).cloned()
        };
        Ok(Event { name, organizer })
    }
}

fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(count.checked_mul(seconds)?))
}

/// Every address in the file.
fn addresses(statements: &[Statement]) -> BTreeSet<String> {
    statements
        .iter()
        .flat_map(|statement| &statement.tokens)
        .filter_map(|(_, token)| match token {
            Token::Word(word) if word.contains('@') => Some(word.to_lowercase()),
            _ => None,
        })
        .collect()
}
