//! The attendee report, for the organizer who asked for it: attached, or a link where it is too large for mail.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Letter, LetterError, Sender,
    fan_out::by_the_clock_of,
    mail::File,
    notice::Notice,
    template::Template,
    view::{BrandView, EventView},
    when::span,
};
use crate::{
    event::Event,
    report::{Tally, Ticket, kept_until},
};

/// A report that was written.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Of which event.
    pub event: &'a Event,
    /// Names it among the event's jobs; makes the letter's Message-ID.
    pub job: &'a str,
    /// How many answered what.
    pub tally: Tally,
    /// Where the table is.
    pub file: ReportFile<'a>,
    /// When it was written: the letter's Date.
    pub at: Timestamp,
}

/// How the organizer has the table.
#[derive(Clone, Copy, Debug)]
pub enum ReportFile<'a> {
    /// In the letter.
    Attached(&'a [u8]),
    /// By a link, which whoever has it can use until [`kept_until`].
    Linked,
}

/// What the templates of `report` may name.
#[derive(Serialize, Debug)]
struct View {
    brand: BrandView,
    event: EventView,
    rows: u64,
    accepted: u64,
    tentative: u64,
    declined: u64,
    no_action: u64,
    /// Of what is not attached.
    link: Option<LinkView>,
}

#[derive(Serialize, Debug)]
struct LinkView {
    url: String,
    /// Until when it works: `Tue 3 Mar 2026, 10:00 (CET)`
    until: String,
}

/// Hands the organizer his report.
///
/// # Errors
/// [`LetterError`].
pub fn report(report: &Report<'_>, sender: &Sender) -> Result<Letter, LetterError> {
    let Report { event, tally, .. } = *report;
    let (file, link) = match report.file {
        ReportFile::Attached(bytes) => {
            let file = File {
                name: "attendees.csv",
                content_type: "text/csv",
                bytes,
            };
            (Some(file), None)
        }
        ReportFile::Linked => (None, Some(link(report, sender))),
    };
    let view = View {
        brand: BrandView::of(sender),
        event: EventView::of(event, sender.language()),
        rows: tally.rows(),
        accepted: tally.accepted,
        tentative: tally.tentative,
        declined: tally.declined,
        no_action: tally.no_action,
        link,
    };
    let names = format!("{}/{}", event.uid, report.job);
    let about = Notice {
        template: Template::Report,
        to: &event.organizer,
        names: &names,
        date: report.at,
        auto_submitted: "auto-generated",
        in_reply_to: None,
    };
    about.write(&view, file.as_ref(), sender)
}

fn link(report: &Report<'_>, sender: &Sender) -> LinkView {
    let pages = sender.pages.as_deref().unwrap_or_default();
    let ticket = Ticket::issue(&sender.key, &report.event.uid, report.job);
    let until = by_the_clock_of(report.event, kept_until(report.at));
    LinkView {
        url: format!("{}/report/{}", pages.trim_end_matches('/'), ticket.text()),
        until: span(&until, &until, sender.language()),
    }
}
