//! PidLidGlobalObjectId ([MS-OXOCAL] section 2.2.1.27) → UID ([MS-OXCICAL] section 2.1.3.1.1.20.25).

use jiff::civil;

use super::cursor::Cursor;

/// How each one begins that Exchange or Outlook made.
const BEGINNING: [u8; 16] = [
    0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xe0, 0x00, 0x74, 0xc5, 0xb7, 0x10, 0x1a, 0x82, 0xe0, 0x08,
];

/// What stands before the UID of another client.
const OF_ANOTHER_CLIENT: &[u8] = b"vCal-Uid\x01\0\0\0";

/// Year, month and day of the instance; zeros for a single event or a whole series.
const DATE: std::ops::Range<usize> = 16..20;

/// Longer ones are no identifiers.
const MAX_BYTES: usize = 2_048;

/// The event's UID: the one of the client that made it, or else the identifier in hexadecimal with the date of the
/// instance blotted out, so that an instance has the UID of its series.
pub(super) fn uid(id: &[u8]) -> Option<String> {
    if id.is_empty() || id.len() > MAX_BYTES {
        return None;
    }
    if let Some(uid) = data(id).and_then(|data| data.strip_prefix(OF_ANOTHER_CLIENT)) {
        let uid = uid.split(|byte| *byte == 0).next().unwrap_or_default();
        let uid = String::from_utf8_lossy(uid).trim().to_owned();
        return (!uid.is_empty()).then_some(uid);
    }
    let mut clean = id.to_vec();
    if id.starts_with(&BEGINNING)
        && let Some(date) = clean.get_mut(DATE)
    {
        date.fill(0);
    }
    Some(data_encoding::HEXUPPER.encode(&clean))
}

/// The day of the instance it stands for, on the clock of the series.
pub(super) fn instance_day(id: &[u8]) -> Option<civil::Date> {
    if !id.starts_with(&BEGINNING) {
        return None;
    }
    let [high, low, month, day] = *id.get(DATE)?.first_chunk::<4>()?;
    let year = i16::from_be_bytes([high, low]);
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn data(id: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::new(id);
    // The beginning, the day, the time it was made, and eight bytes of nothing.
    (cursor.take(16)? == BEGINNING).then_some(())?;
    cursor.take(4 + 8 + 8)?;
    let length = cursor.length()?;
    cursor.take(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(day: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [&BEGINNING[..], &day, &[7; 8], &[0; 8], &length, data].concat()
    }

    #[test]
    fn the_uid_of_another_client_is_taken_out() {
        let id = id([0; 4], b"vCal-Uid\x01\0\0\0abc@a.test\0");
        assert_eq!(uid(&id).unwrap(), "abc@a.test");
    }

    #[test]
    fn an_instance_has_the_uid_of_its_series() {
        let series = id([0; 4], b"0123");
        let instance = id([0x07, 0xea, 3, 17], b"0123");
        assert_eq!(uid(&series), uid(&instance));
        assert_eq!(
            uid(&series).unwrap(),
            "040000008200E00074C5B7101A82E008000000000707070707070707000000000000000004000000\
             30313233"
        );
        assert_eq!(instance_day(&series), None);
        assert_eq!(instance_day(&instance), Some(civil::date(2026, 3, 17)));
    }

    #[test]
    fn what_is_too_short_is_its_own_identifier() {
        assert_eq!(uid(&[]), None);
        assert_eq!(uid(&[1, 0xab]).unwrap(), "01AB");
        assert_eq!(instance_day(&[1]), None);
    }
}
