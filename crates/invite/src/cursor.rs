//! Where a page of a list ended, as callers hand it back to read on: opaque to them, and believed only from us.

use data_encoding::BASE64URL_NOPAD;

use crate::id::TenantKey;

/// Bytes of the HMAC that are kept: 80 bits.
const PROOF: usize = 10;

/// The cursor that leads on after `place` in the list of that name. Another list's does not open it.
#[must_use]
pub fn sealed(key: &TenantKey, list: &str, place: &str) -> String {
    let mac = key.mac("cursor", &[list, place]);
    let (proof, _) = mac.split_at(PROOF);
    BASE64URL_NOPAD.encode(&[proof, place.as_bytes()].concat())
}

/// The place a cursor of this list leads on after; `None` unless we have sealed it. Takes the same time for every wrong one
/// of a length.
#[must_use]
pub fn opened(key: &TenantKey, list: &str, cursor: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (proof, place) = bytes.split_at_checked(PROOF)?;
    let place = std::str::from_utf8(place).ok()?;
    let is_ours = key.is_believed(|key| {
        let mac = key.mac("cursor", &[list, place]);
        let (right, _) = mac.split_at(PROOF);
        let difference = proof
            .iter()
            .zip(right)
            .fold(0, |difference, (a, b)| difference | (a ^ b));
        difference == 0
    });
    is_ours.then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> TenantKey {
        TenantKey::new([7; 32]).unwrap()
    }

    #[test]
    fn a_cursor_opens_its_own_list_alone() {
        for place in ["", "bob@b.test", "1772445600000#5f"] {
            let cursor = sealed(&key(), "attendees of 5f", place);
            assert_eq!(
                opened(&key(), "attendees of 5f", &cursor).as_deref(),
                Some(place)
            );
            assert_eq!(opened(&key(), "attendees of 60", &cursor), None);
            let other = TenantKey::new([8; 32]).unwrap();
            assert_eq!(opened(&other, "attendees of 5f", &cursor), None);
        }
    }

    #[test]
    fn what_we_have_not_sealed_opens_nothing() {
        let cursor = sealed(&key(), "list", "bob@b.test");
        let mut spoilt = cursor.clone();
        spoilt.replace_range(0..1, if cursor.starts_with('A') { "B" } else { "A" });
        let carol = BASE64URL_NOPAD.encode(b"0123456789carol@c.test");
        for wrong in [
            "",
            "%%%",
            "Ym9i",
            &spoilt,
            &carol,
            cursor.get(..12).unwrap(),
        ] {
            assert_eq!(opened(&key(), "list", wrong), None, "{wrong}");
        }
    }
}
