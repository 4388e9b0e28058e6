//! Addresses of the old system: they answer as before, and say until when.

use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};

/// When the addresses of the old system go (RFC 8594), and since when they are not to be used any more (RFC 9745).
const SUNSET: &str = "Fri, 31 Dec 2027 23:59:59 GMT";
const DEPRECATED_SINCE: &str = "@1795219200";

/// Says that the address will go.
pub(super) fn deprecated(answer: impl IntoResponse) -> Response {
    let headers = [
        (
            HeaderName::from_static("deprecation"),
            HeaderValue::from_static(DEPRECATED_SINCE),
        ),
        (
            HeaderName::from_static("sunset"),
            HeaderValue::from_static(SUNSET),
        ),
    ];
    (headers, answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_addresses_say_when_they_go() {
        let answer = deprecated("as before");
        assert_eq!(answer.headers()["sunset"], SUNSET);
        let since: i64 = DEPRECATED_SINCE.trim_start_matches('@').parse().unwrap();
        let goes = jiff::fmt::rfc2822::parse(SUNSET).unwrap().timestamp();
        assert!(since < goes.as_second());
    }
}
