//! Bytes that say they are a person's answer.

use invite::{
    ical::Partstat,
    mail::answer::{self, Confidence},
};

/// An answer is given exactly where something was understood; line ends do not matter; nobody who declines brings
/// people; what is called the person's own words are.
///
/// # Panics
/// When one of that does not hold.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let found = answer::read_text(&text);
    assert_eq!(
        found.partstat.is_none(),
        found.confidence == Confidence::Unclear
    );
    assert_eq!(
        found.certain().is_some(),
        found.confidence == Confidence::Certain
    );
    assert!(!matches!(
        found.partstat,
        Some(Partstat::NeedsAction | Partstat::Delegated)
    ));
    if found.partstat == Some(Partstat::Declined) {
        assert_eq!(found.people, None);
    }
    assert!(found.people.is_none_or(|people| people > 0));
    assert!(found.comment.len() <= text.len());
    if !text.contains('\r') && text.len() < answer::MAX_BYTES / 2 {
        assert_eq!(
            found,
            answer::read_text(&text.replace('\n', "\r\n")),
            "line ends change what is understood"
        );
    }
}
