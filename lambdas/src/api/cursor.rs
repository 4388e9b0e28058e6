//! Paging: a list goes on after a place only we can name.

use invite::{cursor, id::TenantKey};

use crate::shell::{Kind, Parameters, Problem};

/// The cursors of one list.
pub(super) struct Cursors<'a> {
    key: &'a TenantKey,
    list: String,
}

impl<'a> Cursors<'a> {
    /// Those of the list of that name; another list's are refused here.
    pub(super) fn of(key: &'a TenantKey, list: String) -> Self {
        Self { key, list }
    }

    /// The place the caller wants to read on after.
    pub(super) fn after(&self, parameters: &Parameters) -> Result<Option<String>, Problem> {
        let Some(given) = parameters.text("after") else {
            return Ok(None);
        };
        match cursor::opened(self.key, &self.list, &given) {
            Some(place) => Ok(Some(place)),
            None => Err(Problem::parameter(
                Kind::InvalidCursor,
                "after",
                "`after` is not one of ours: take it from the page before, as it is.",
            )),
        }
    }

    /// The cursor that leads on after that place.
    pub(super) fn sealed(&self, place: &str) -> String {
        cursor::sealed(self.key, &self.list, place)
    }
}
