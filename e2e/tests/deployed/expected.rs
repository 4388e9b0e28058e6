//! What a test expects, and how it says that something else is.

use std::fmt::Debug;

use e2e::{api::Answer, fault::Fault};

/// That it holds; `what` says what was expected.
pub(crate) fn holds(holds: bool, what: impl FnOnce() -> String) -> Result<(), Fault> {
    if holds {
        return Ok(());
    }
    Err(Fault::Wrong(format!("expected {}", what())))
}

/// That an answer of the API is right; else it tells itself.
pub(crate) fn expect(is_right: bool, answer: &Answer) -> Result<(), Fault> {
    if is_right {
        return Ok(());
    }
    Err(Fault::Wrong(answer.to_string()))
}

pub(crate) fn same<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Result<(), Fault> {
    if found == expected {
        return Ok(());
    }
    Err(Fault::Wrong(format!(
        "{what}: found {found:?}, expected {expected:?}"
    )))
}
