//! Who asks, for handlers.

use access::{caller::Caller, decision::Denial, refusal::Refusal};
use axum::{extract::FromRequestParts, http::request::Parts};

use crate::shell::Problem;

/// Who asks: [`crate::shell::serve_api`] has let him in.
pub(super) struct Known(pub(super) Caller);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        // Where nobody was let in, nobody asks.
        let nobody = || Denial::Refused(Refusal::NoCredentials).into();
        caller.map(Self).ok_or_else(nobody)
    }
}
