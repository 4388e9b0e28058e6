//! A **conversation** is a test anyone can read: who mails whom, and what must come of it.
//!
//! ```text
//! # RFC 5546 2.1.5: a late, older reply does not win
//! at 2026-03-01T10:00Z  mail alice@a.test -> create  REQUEST kickoff
//!                       invite kickoff bob@b.test
//! at 2026-03-01T10:06Z  mail bob@b.test -> token of bob  REPLY DECLINED
//! at 2026-03-01T10:07Z  mail bob@b.test -> token of bob  REPLY ACCEPTED  dtstamp 2026-03-01T10:05Z
//! expect event kickoff  bob DECLINED  ignored 1 "not newer"
//! ```
//!
//! [`load_all`] reads the files of `golden/conversations/`. A runner goes through [`Conversation::steps`] in order, turns each
//! [`Mail`] into bytes by [`Mail::write`] and checks each [`Expectation`]. Two runners do: one against the pure
//! decisions (`crates/invite/tests/it/`), one against the deployed stack over SMTP (`e2e`). What only a runner can
//! know is asked of it through [`Bindings`].
//!
//! This crate shares no code with the domain: were mails written and read by the same hands, one mistake in both
//! would pass.
//!
//! # The language
//! The first line is `# ` and the title. Later lines starting with `#` are remarks. A statement starts at the left
//! margin; indented lines continue it. Texts stand in `"…"`. A person is an address, or the part before its `@` where
//! only one address of the file has it. Times are `2026-03-01T10:05Z`, `2026-03-01` (a day),
//! `2026-03-01T10:05` (floating) or `2026-03-01T10:05[Europe/Berlin]`.
//!
//! `at TIME` or `at +5m` (s, m, h, d after the last one) may stand before any statement; without it a minute passes. It gives
//! Date and DTSTAMP; the deployed system's own clock is another, so no expectation depends on the distance between
//! the two.
//!
//! | statement | meaning |
//! |---|---|
//! | `given organizer P suspended` | a stored suspension |
//! | `given organizer P has used up his events` | a stored count of events: as many as the tenant's plan allows |
//! | `given event E has used up its invitations` | a stored count of invitations: as many as the plan allows |
//! | `given P blocks Q` | a stored block: P wants no mail of organizer Q |
//! | `given 8d pass` | s, m, h, d: the time of what follows, and on the deployed system, whose clock is not set, the age of what is stored |
//! | `mail P -> WHERE WHAT OPTIONS` | one mail, see below |
//! | `invite E P…` | `POST /event/{uid}/invites`; whether the API refuses at once or the invite is dropped later is all the same |
//! | `again [NAME]` | the same bytes as the last mail (or the one named so) arrive as a new mail |
//! | `redeliver [NAME]` | the same mail id is handed over once more: the queue delivers at least once. No outcome is counted for it |
//! | `together` + indented statements | these race: every order must lead to what is expected |
//! | `expect …` | see below |
//!
//! A runner waits until a statement has had its effect before the next; only `together` races. Where the stack's
//! tenant has no limit, a file with `has used up` cannot be played against it.
//!
//! WHERE: `create`, `create+open`, `create+approve`, `create+closed`, `bulk`, `rsvp` (mailboxes of ours), `token of P` (the
//! signed address from P's invitation), `wrong token` (the form of one, never issued), `reply` (as a mail program answers
//! our last letter to who mails: to its Reply-To, with In-Reply-To and References), or an address.
//!
//! WHAT: `REQUEST E`, `CANCEL E`, `ADD E`, `PUBLISH E`; `REPLY PARTSTAT [to E]`, `COUNTER [to E]`, `REFRESH [to E]`;
//! `text "…"` (no calendar); `our last mail to P` (sent back as it is); `file PATH` (bytes under the repository's root,
//! addresses of this file in it replaced). E is a name; the client's UID derives from it. `E of P` is the event which P's
//! client calls so; without `of P`, of whoever first sent a REQUEST for it.
//!
//! OPTIONS of the calendar: `seq N`, `dtstamp TIME` (default: `at`), `start TIME`, `end TIME`, `summary "…"`,
//! `location "…"`, `description "…"`, `status WORD`, `organizer P` (in a REQUEST or CANCEL; default: who mails),
//! `attendee P` (in a REPLY: who answers, default: who mails; else invited by the client itself), `delegated to P`, `delegated from P` (of that ATTENDEE), `announced as METHOD`
//! (in the part's header, not in the calendar), `without PROPERTY`, `line "NAME:value"` (one more property), `uid "…"`, `two calendars`, `like CLIENT` (`thunderbird`, the default,
//! `google`, `outlook`, `apple`, `evolution`). A REQUEST or CANCEL keeps what the file's last REQUEST of that event said,
//! except SEQUENCE and DTSTAMP.
//!
//! Of a series: `rrule "…"`, `exdate TIME`, `rdate TIME` (both any number of times) in a REQUEST; `override TIME` begins a
//! further VEVENT with that RECURRENCE-ID, and what follows (`seq`, `dtstamp`, `start`, `end`, `summary`, `location`,
//! `description`, `status`, `and later`) is its own, else as the series has it; `on TIME` makes the mail one about that
//! instance only (`and later`: RANGE=THISANDFUTURE), which the file's next REQUEST does not keep. In a REPLY `override TIME`
//! with `answer PARTSTAT` is a second answer.
//!
//! OPTIONS of the mail: `forged` (sent from a host that may not), `null return path`, `return path P`, `header "Name: value"`
//! (`{alice@a.test}` in it is replaced), `as NAME` (for `again`).
//!
//! Expectations, any number after one `expect`; those of an event follow `event E [of P]`:
//! `missing`; `confirmed`, `tentative`, `cancelled`; `sequence N` (ours); `summary "…"`, `location "…"`, `start TIME`, `end
//! TIME`; `P PARTSTAT`, `P not invited`, `P on TIME PARTSTAT` (to an instance); `proposal P [on TIME] START` or `… none` (COUNTER);
//! `guest P of Q`, `delegate P of Q` (through whom he came), `waiting P N` (answers that wait in P's record); `date TIME IS` (an instance of a series: `as the rule has it`, `cancelled`, `sequence N`, `start TIME`, `end TIME`, `summary "…"`, `location
//! "…"`); `recorded P N` (answers in the history); `evidence P WORD` (of the last recorded
//! answer: `token`, `aligned`); `attendees N`, `accepted N`, `declined N`, `tentative N`, `noaction N` (statistics).
//! The others count since the last `expect`: `mail out N`, `mail out P [REQUEST|CANCEL|DECLINECOUNTER] N` (letters to attendees);
//! `notice P KIND N` (letters of words: `event-created`, `event-refused`, `approval`, `ask-back`); `refused N "code"`, `ignored N "reason"`,
//! `quarantined N`, `held N` (mails).

mod problem;
mod read;
mod script;
mod time;
mod write;

use std::path::{Path, PathBuf};

pub use problem::Problem;
pub use script::*;
pub use time::Time;
pub use write::{Bindings, Message, Unwritable};

impl Conversation {
    /// Reads one file's text; `root` is where `file PATH` is looked for.
    ///
    /// # Errors
    /// The first [`Problem`], with file and line.
    pub fn read(file: &Path, text: &str, root: &Path) -> Result<Self, Problem> {
        read::conversation(file, text, root)
    }
}

/// Reads every `golden/conversations/*.txt` below `root` (the repository), by name.
///
/// # Errors
/// Every file's first [`Problem`].
pub fn load_all(root: &Path) -> Result<Vec<Conversation>, Vec<Problem>> {
    let folder = root.join("golden/conversations");
    let unreadable = |path: &Path, error: std::io::Error| Problem::unreadable(path, &error);
    let entries = std::fs::read_dir(&folder).map_err(|error| vec![unreadable(&folder, error)])?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut problems = Vec::new();
    let mut conversations = Vec::new();
    for path in files {
        let shown = path.strip_prefix(root).unwrap_or(&path);
        let read = std::fs::read_to_string(&path)
            .map_err(|error| unreadable(shown, error))
            .and_then(|text| Conversation::read(shown, &text, root));
        match read {
            Ok(conversation) => conversations.push(conversation),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(conversations)
    } else {
        Err(problems)
    }
}
