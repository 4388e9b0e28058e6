//! What a letter's List-Unsubscribe offers, as a mail program takes it from there.

use crate::{fault::Fault, letter::Letter, stack::Stack};

/// One click, or a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoMore {
    /// Path at the API of the page to post to.
    pub path: String,
    /// Whom to mail to.
    pub to: String,
    /// Subject of that mail.
    pub subject: String,
}

impl NoMore {
    /// Reads it.
    ///
    /// # Errors
    /// [`Fault::Wrong`] if the letter does not offer both, or a page that is not at the stack's API.
    pub fn of(letter: &Letter, stack: &Stack) -> Result<Self, Fault> {
        let raw = String::from_utf8_lossy(&letter.raw).replace("\r\n ", " ");
        let header = |name: &str| {
            let mut lines = raw.lines();
            let found = lines.find_map(|line| line.strip_prefix(name).map(str::trim));
            found.ok_or_else(|| Fault::Wrong(format!("no {name} in {raw}")))
        };
        if header("List-Unsubscribe-Post:")? != "List-Unsubscribe=One-Click" {
            return Err(Fault::Wrong(format!("no one-click in {raw}")));
        }
        let offered = header("List-Unsubscribe:")?;
        let base = stack.api.as_str().trim_end_matches('/');
        let read = || {
            let (page, by_mail) = offered.split_once(',')?;
            let bare = |address: &str| address.trim().trim_matches(['<', '>']).to_owned();
            let (page, by_mail) = (bare(page), bare(by_mail));
            let (to, subject) = by_mail.strip_prefix("mailto:")?.split_once("?subject=")?;
            Some(Self {
                path: page.strip_prefix(base)?.to_owned(),
                to: to.to_owned(),
                subject: subject.replace("%20", " "),
            })
        };
        read().ok_or_else(|| Fault::Wrong(format!("not a page at {base} and a mail: {offered}")))
    }
}
