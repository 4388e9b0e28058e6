//! ETags: who has an answer already is not sent it again (RFC 9110 section 13).

use axum::{
    body::Bytes,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH},
    },
};
use invite::id::Digest;

/// Characters of a tag: 128 bits of SHA-256.
const TAG_CHARACTERS: usize = 32;

/// Gives what was read a tag, and answers 304 without a body to who has it. Whoever keeps an answer asks again before he
/// uses it, and keeps it for himself.
pub(super) fn conditional(request: &HeaderMap, mut response: Response<Bytes>) -> Response<Bytes> {
    if response.status() != StatusCode::OK || response.headers().contains_key(CACHE_CONTROL) {
        return response;
    }
    let tag = tag(response.body());
    let Ok(value) = HeaderValue::from_str(&tag) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, value);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if is_known(request, &tag) {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_LENGTH);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Bytes::new();
    }
    response
}

/// The tag of an answer with that body.
pub(crate) fn tag(body: &[u8]) -> String {
    let digest = Digest::of_bytes(body);
    let tag: String = digest.as_str().chars().take(TAG_CHARACTERS).collect();
    format!("\"{tag}\"")
}

/// Whether a change may be made of what has this tag now: who names by `If-Match` what he has seen changes nothing else.
/// Compared strongly (section 13.1.1).
pub(crate) fn is_as_seen(request: &HeaderMap, tag: &str) -> bool {
    let seen = request.get_all(IF_MATCH);
    seen.iter().next().is_none()
        || seen
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|seen| seen == "*" || seen == tag)
}

/// Compared weakly (section 8.8.3.2), which is what `If-None-Match` asks for.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(known: &str) -> Response<Bytes> {
        let mut request = HeaderMap::new();
        request.insert(IF_NONE_MATCH, HeaderValue::from_str(known).unwrap());
        conditional(&request, Response::new(Bytes::from_static(b"{}")))
    }

    #[test]
    fn a_change_is_made_of_what_its_author_has_seen() {
        let may = |seen: Option<&str>| {
            let mut request = HeaderMap::new();
            if let Some(seen) = seen {
                request.insert(IF_MATCH, HeaderValue::from_str(seen).unwrap());
            }
            is_as_seen(&request, "\"a\"")
        };
        for seen in [None, Some("*"), Some("\"a\""), Some("\"b\", \"a\"")] {
            assert!(may(seen), "{seen:?}");
        }
        for seen in ["\"b\"", "W/\"a\"", "a", ""] {
            assert!(!may(Some(seen)), "{seen}");
        }
    }

    #[test]
    fn who_has_it_gets_no_body() {
        let first = conditional(&HeaderMap::new(), Response::new(Bytes::from_static(b"{}")));
        assert_eq!(first.body(), "{}");
        let tag = first.headers()[ETAG].to_str().unwrap();
        for known in [
            tag.to_owned(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let again = asked(&known);
            assert_eq!(again.status(), 304, "{known}");
            assert!(again.body().is_empty());
            assert_eq!(again.headers()[ETAG].to_str().unwrap(), tag);
        }
        for known in ["\"other\"", "", tag.trim_matches('"')] {
            assert_eq!(asked(known).status(), 200, "{known}");
        }
    }

    #[test]
    fn what_must_not_be_kept_and_what_went_wrong_has_no_tag() {
        let mut kept = Response::new(Bytes::new());
        kept.headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let mut wrong = Response::new(Bytes::new());
        *wrong.status_mut() = StatusCode::NOT_FOUND;
        for response in [kept, wrong] {
            let answer = conditional(&HeaderMap::new(), response);
            assert!(!answer.headers().contains_key(ETAG));
        }
    }
}
