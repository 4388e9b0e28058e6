//! Where a page of a list ended, as callers hand it back to read on: opaque to them, and believed only from us.
//!
//! A place may be an address its reader has only seen masked, so a cursor does not tell it: it is veiled with a stream of
//! the key's that its own proof begins (a synthetic initialization vector, as in RFC 5297). Two places share a stream only
//! if their proofs are the same; then they are.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use crate::id::TenantKey;

/// Bytes of the HMAC that are kept: 80 bits.
const PROOF: usize = 10;

/// The cursor that leads on after `place` in the list of that name. Another list's does not open it.
#[must_use]
pub fn sealed(key: &TenantKey, list: &str, place: &str) -> String {
    let proof = proof(key, list, place);
    let veiled = veiled(key, list, &proof, place.as_bytes());
    BASE64URL_NOPAD.encode(&[&proof[..], &veiled].concat())
}

/// The place a cursor of this list leads on after; `None` unless we have sealed it. Takes the same time for every wrong one
/// of a length.
#[must_use]
pub fn opened(key: &TenantKey, list: &str, cursor: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (given, veiled_place) = bytes.split_first_chunk::<PROOF>()?;
    key.first_believed(|key| {
        // A stream veils and unveils.
        let place = veiled(key, list, given, veiled_place);
        let place = String::from_utf8(place).ok()?;
        let difference = given
            .iter()
            .zip(proof(key, list, &place))
            .fold(0, |difference, (a, b)| difference | (a ^ b));
        (difference == 0).then_some(place)
    })
}

fn proof(key: &TenantKey, list: &str, place: &str) -> [u8; PROOF] {
    let mut proof = [0; PROOF];
    for (byte, of_mac) in proof.iter_mut().zip(key.mac("cursor", &[list, place])) {
        *byte = of_mac;
    }
    proof
}

/// The bytes under the stream of that proof; put under it twice, they are what they were.
fn veiled(key: &TenantKey, list: &str, proof: &[u8; PROOF], bytes: &[u8]) -> Vec<u8> {
    let proof = HEXLOWER.encode(proof);
    let blocks = (0_u64..).map(|block| {
        let block = block.to_string();
        key.mac("cursor-veil", &[list, &proof, &block])
    });
    let stream = blocks.flatten();
    bytes
        .iter()
        .zip(stream)
        .map(|(byte, veil)| byte ^ veil)
        .collect()
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
    fn a_cursor_does_not_tell_the_place_it_leads_on_after() {
        let place = "alexandra.longfellow@department.example.org";
        let cursor = sealed(&key(), "list", place);
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
        let tells = |text: &str| {
            bytes
                .windows(text.len())
                .any(|seen| seen == text.as_bytes())
        };
        assert!(!tells("alex") && !tells("department"));
        // Longer than one block of the stream, whose blocks differ.
        let zeroes = "0".repeat(64);
        let cursor = sealed(&key(), "list", &zeroes);
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
        let (_, veiled) = bytes.split_at(PROOF);
        assert_ne!(veiled.get(..32), veiled.get(32..));
        assert_eq!(opened(&key(), "list", &cursor), Some(zeroes));
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
