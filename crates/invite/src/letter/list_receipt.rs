//! What the organizer is told of a list of people he sent.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    mail::File,
    notice::Notice,
    template::{Template, one_line},
    view::{BrandView, EventView},
};
use crate::{
    address::Mailbox,
    decide::{ListRefusal, RowRefusal, Tally},
    event::Event,
    language::Language,
};

/// A list that was gone through.
#[derive(Clone, Debug)]
pub struct ListReceipt<'a> {
    /// For which event.
    pub event: &'a Event,
    /// Who sent it.
    pub to: &'a Mailbox,
    /// Names the list; makes the letter's Message-ID.
    pub job: &'a str,
    /// What came of it.
    pub outcome: ListOutcome<'a>,
    /// Message-ID of the mail it came in, with or without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// When it was gone through: the letter's Date.
    pub at: Timestamp,
}

/// What came of a list.
#[derive(Clone, Debug)]
pub enum ListOutcome<'a> {
    /// Nobody is invited.
    Refused(ListRefusal),
    /// Each row was decided about.
    Decided {
        /// Nobody is invited: this is what would have been.
        dry_run: bool,
        /// Rows by what they came to.
        tally: &'a Tally,
        /// The first rows that invite nobody.
        first_refused: &'a [RefusedRow],
        /// The result of each row as CSV, if it is small enough to be attached.
        result: Option<&'a [u8]>,
        /// Where the result is to be had.
        result_url: &'a str,
        /// The mail had a further list, which was not read.
        has_another: bool,
        /// They are so many that the invitations wait, and can be stopped.
        waits: bool,
    },
}

/// A row that invites nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedRow {
    /// The line of the file.
    pub line: u64,
    /// Why.
    pub why: String,
}

/// What the templates of `list-receipt` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    event: EventView,
    refusal: Option<RefusalView>,
    dry_run: bool,
    rows: u64,
    invited: u64,
    refused: Vec<ReasonView>,
    first_refused: Vec<RowView>,
    /// Refused rows that are not among the first.
    more_refused: u64,
    is_attached: bool,
    result_url: String,
    has_another: bool,
    waits: bool,
}

#[derive(Serialize, Debug)]
struct RefusalView {
    what_is_wrong: &'static str,
    what_to_do: &'static str,
}

#[derive(Serialize, Debug)]
struct ReasonView {
    rows: u64,
    in_words: &'static str,
}

#[derive(Serialize, Debug)]
struct RowView {
    line: u64,
    why: String,
}

/// Tells the organizer what came of his list: how many are invited, which rows are not and why.
///
/// # Errors
/// [`LetterError`].
pub fn list_receipt(receipt: &ListReceipt<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let view = view(receipt, sender);
    let about = Notice {
        template: Template::ListReceipt,
        to: receipt.to,
        names: receipt.job,
        date: receipt.at,
        auto_submitted: "auto-replied",
        in_reply_to: receipt.in_reply_to,
    };
    let file = match receipt.outcome {
        ListOutcome::Decided {
            result: Some(bytes),
            ..
        } => Some(File {
            name: "result.csv",
            content_type: "text/csv",
            bytes,
        }),
        _ => None,
    };
    about.write(&view, file.as_ref(), sender)
}

fn view(receipt: &ListReceipt<'_>, sender: &Sender) -> View {
    let language = sender.language();
    let view = View {
        brand: BrandView::of(sender),
        event: EventView::of(receipt.event, language),
        refusal: None,
        dry_run: false,
        rows: 0,
        invited: 0,
        refused: Vec::new(),
        first_refused: Vec::new(),
        more_refused: 0,
        is_attached: false,
        result_url: String::new(),
        has_another: false,
        waits: false,
    };
    match &receipt.outcome {
        ListOutcome::Refused(reason) => View {
            refusal: Some(RefusalView {
                what_is_wrong: reason.what_is_wrong(language),
                what_to_do: reason.what_to_do(language),
            }),
            ..view
        },
        ListOutcome::Decided {
            dry_run,
            tally,
            first_refused,
            result,
            result_url,
            has_another,
            waits,
        } => View {
            dry_run: *dry_run,
            rows: tally.rows,
            invited: tally.invited,
            refused: tally
                .refused
                .iter()
                .map(|(reason, rows)| reason_view(*reason, *rows, language))
                .collect(),
            first_refused: first_refused
                .iter()
                .map(|row| RowView {
                    line: row.line,
                    why: one_line(&row.why),
                })
                .collect(),
            more_refused: tally
                .refused_rows()
                .saturating_sub(first_refused.len() as u64),
            is_attached: result.is_some(),
            result_url: one_line(result_url),
            has_another: *has_another,
            waits: *waits,
            ..view
        },
    }
}

fn reason_view(reason: RowRefusal, rows: u64, language: Language) -> ReasonView {
    ReasonView {
        rows,
        in_words: reason.in_words(language),
    }
}
