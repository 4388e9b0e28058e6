//! What is wrong with a conversation file.

use std::path::{Path, PathBuf};

/// A file that cannot be understood, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}:{line}: {text}", file.display())]
pub struct Problem {
    /// Which file.
    pub file: PathBuf,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub text: String,
}

impl Problem {
    pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            text: format!("cannot be read: {error}"),
        }
    }
}
