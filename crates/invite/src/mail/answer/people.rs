//! How many come.

use super::{language::Count, phrases::Span};

/// More than this is no answer to an invitation.
const MOST: u32 = 99;

/// The number all phrases agree on, the writer included; `None` if nothing says it or they differ.
pub(super) fn count<'a>(spans: impl Iterator<Item = &'a Span>) -> Option<u32> {
    let mut whole = None;
    let mut beside = 0;
    for (count, number) in spans.filter_map(|span| span.people) {
        let all = match count {
            Count::Beside => {
                beside += number;
                continue;
            }
            Count::Together | Count::Coming => number,
            Count::Plus => number + 1,
        };
        if *whole.get_or_insert(all) != all {
            return None;
        }
    }
    whole
        .or((beside > 0).then_some(beside + 1))
        .filter(|number| (1..=MOST).contains(number))
}
