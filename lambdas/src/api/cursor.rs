//! Paging: a list goes on after a place only we can name.

use invite::{cursor, id::TenantKey};

use crate::shell::{Kind, Parameters, Problem};

/// Rows of a page unless another number is asked for.
pub(super) const DEFAULT_LIMIT: i32 = 25;
/// Most rows of a page.
pub(super) const MAX_LIMIT: i32 = 100;

/// How many rows the caller wants.
pub(super) fn limit(parameters: &Parameters) -> Result<i32, Problem> {
    let Some(given) = parameters.text("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    given
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| {
            let detail = format!("`limit` is a number from 1 to {MAX_LIMIT}.");
            Problem::parameter(Kind::InvalidParameter, "limit", detail)
        })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_in_bounds() {
        let limit = |given| limit(&Parameters::of(&[("limit", given)]));
        assert_eq!(super::limit(&Parameters::of(&[])), Ok(25));
        assert_eq!((limit("1"), limit("100")), (Ok(1), Ok(100)));
        for wrong in ["0", "101", "-1", "", "x", "1,2", "99999999999"] {
            let problem = limit(wrong).unwrap_err();
            assert_eq!(problem.kind, Kind::InvalidParameter, "{wrong}");
        }
    }
}
