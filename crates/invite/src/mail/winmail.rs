//! The calendars of a winmail.dat, in the light of the mail it came with.

use std::borrow::Cow;

use super::{CalendarPart, Mail, Problem, Source, tnef};

/// Outlook sends one; a digest of several mails may have some.
const MAX_PARTS: usize = 10;

/// A winmail.dat as a part of a mail.
pub(super) struct Wrapped<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// It stands in a mail that was attached.
    pub(super) forwarded: bool,
}

/// Adds the calendars, and says what came of it.
pub(super) fn read(parts: Vec<Wrapped<'_>>, mail: &mut Mail, problems: &mut Vec<Problem>) {
    for Wrapped { bytes, forwarded } in parts.into_iter().take(MAX_PARTS) {
        let envelope = if forwarded {
            tnef::Envelope::default()
        } else {
            tnef::Envelope {
                from: match mail.from.as_slice() {
                    [from] => Some(from.clone()),
                    _ => None,
                },
                to: mail.recipients.clone(),
                text: mail.text.clone(),
            }
        };
        let (mut found, outcome) = unwrapped(&bytes, &envelope, problems);
        for part in &mut found {
            part.forwarded |= forwarded;
        }
        mail.calendars.extend(found);
        mail.tnef = mail.tnef.max(Some(outcome));
    }
}

/// The calendars of a bare winmail.dat, as those of a mail that says nothing of sender and recipients.
#[must_use]
pub fn decode_tnef(bytes: &[u8]) -> (Vec<CalendarPart>, Vec<Problem>) {
    let mut problems = Vec::new();
    let (found, _) = unwrapped(bytes, &tnef::Envelope::default(), &mut problems);
    (found, problems)
}

fn unwrapped(
    bytes: &[u8],
    envelope: &tnef::Envelope,
    problems: &mut Vec<Problem>,
) -> (Vec<CalendarPart>, tnef::Outcome) {
    let (tnef, more) = tnef::read(bytes);
    problems.extend(more);
    let (calendars, more) = tnef.calendars(envelope);
    problems.extend(more);
    let parts = calendars
        .into_iter()
        .map(|calendar| CalendarPart {
            source: Source::Tnef,
            method_parameter: None,
            text: calendar.text,
            unknown_charset: calendar.unknown_charset,
            forwarded: calendar.forwarded,
        })
        .collect();
    (parts, tnef.outcome())
}
