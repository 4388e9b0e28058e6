//! How often links work: for an address, from a place on the net, for an event. Counted within hours and days of the clock, so that a
//! count is one conditional write, in a record that names nobody.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};

use crate::{
    address::Address,
    id::{TenantKey, Uid},
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How often links of a tenant work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkLimits {
    /// For one address, whatever the event, in a day.
    pub per_address_a_day: u32,
    /// From one place on the net in an hour.
    pub per_ip_an_hour: u32,
    /// For one event in an hour.
    pub per_event_an_hour: u32,
}

impl Default for LinkLimits {
    fn default() -> Self {
        Self {
            per_address_a_day: 5,
            per_ip_an_hour: 60,
            per_event_an_hour: 1_000,
        }
    }
}

/// One thing that is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// Names the thing and the time it is counted within, and tells nobody which thing: an HMAC under the tenant's key, which is
    /// another one in each hour or day.
    pub name: String,
    /// Most within that time.
    pub most: u32,
    /// When it begins anew.
    pub until: Timestamp,
}

impl Count {
    /// In how many seconds it begins anew.
    #[must_use]
    pub fn retry_after_secs(&self, now: Timestamp) -> u32 {
        let secs = self.until.as_second().saturating_sub(now.as_second());
        u32::try_from(secs.max(1)).unwrap_or(u32::MAX)
    }
}

impl LinkLimits {
    /// What is counted of an invitation that is asked for now, in this order: whoever has reached his own limit uses up nobody
    /// else's. The gateway always says whence a request comes; those of which it did not would be one place.
    #[must_use]
    pub fn counts(
        &self,
        key: &TenantKey,
        whence: Option<IpAddr>,
        attendee: &Address,
        uid: &Uid,
        now: Timestamp,
    ) -> [Count; 3] {
        let place = whence.map_or_else(String::new, place_of);
        [
            count(key, ("ip", &place), self.per_ip_an_hour, HOUR, now),
            count(
                key,
                ("address", attendee.as_str()),
                self.per_address_a_day,
                DAY,
                now,
            ),
            count(
                key,
                ("event", uid.as_str()),
                self.per_event_an_hour,
                HOUR,
                now,
            ),
        ]
    }
}

/// Of IPv6 the network (/64), for whoever has one address of it has all.
fn place_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

fn count(
    key: &TenantKey,
    (kind, what): (&str, &str),
    most: u32,
    within: SignedDuration,
    now: Timestamp,
) -> Count {
    let within = within.as_secs();
    let began = now.as_second().div_euclid(within) * within;
    let mac = key.mac("invite-link-count", &[kind, what, &began.to_string()]);
    let mut name = format!("{kind}#");
    HEXLOWER.encode_append(mac.get(..16).unwrap_or(&mac), &mut name);
    Count {
        name,
        most,
        until: Timestamp::from_second(began.saturating_add(within)).unwrap_or(Timestamp::MAX),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(whence: &str, attendee: &str, hex: &str, now: &str) -> [Count; 3] {
        LinkLimits::default().counts(
            &TenantKey::new([7; 32]).unwrap(),
            whence.parse().ok(),
            &Address::parse(attendee).unwrap(),
            &Uid::parse(&hex.repeat(20)).unwrap(),
            now.parse().unwrap(),
        )
    }

    fn differ(one: &[Count; 3], other: &[Count; 3]) -> [bool; 3] {
        [0, 1, 2].map(|place| one[place] != other[place])
    }

    #[test]
    fn each_is_counted_for_itself_within_hours_and_days_of_the_clock() {
        let first = counts("192.0.2.1", "bob@b.test", "5f", "2026-03-01T10:59:59Z");
        let other =
            |whence, attendee, hex, now| differ(&first, &counts(whence, attendee, hex, now));
        let then = "2026-03-01T10:00:00Z";
        assert_eq!(other("192.0.2.1", "bob@b.test", "5f", then), [false; 3]);
        assert_eq!(
            other("192.0.2.2", "bob@b.test", "5f", then),
            [true, false, false]
        );
        assert_eq!(
            other("192.0.2.1", "carol@b.test", "5f", then),
            [false, true, false]
        );
        assert_eq!(
            other("192.0.2.1", "bob@b.test", "00", then),
            [false, false, true]
        );
        assert_eq!(
            other("192.0.2.1", "bob@b.test", "5f", "2026-03-01T11:00:00Z"),
            [true, false, true]
        );
        assert_eq!(
            other("192.0.2.1", "bob@b.test", "5f", "2026-03-02T10:30:00Z"),
            [true; 3]
        );
        let now = "2026-03-01T10:59:59Z".parse().unwrap();
        let secs = first.each_ref().map(|count| count.retry_after_secs(now));
        assert_eq!(secs, [1, 13 * 3600 + 1, 1]);
        assert_eq!(first.map(|count| count.most), [60, 5, 1000]);
    }

    #[test]
    fn a_network_of_ipv6_is_one_place() {
        let from = |whence| counts(whence, "bob@b.test", "5f", "2026-03-01T10:00:00Z");
        let first = from("2001:db8:1:2::1");
        assert_eq!(differ(&first, &from("2001:db8:1:2:ffff::9")), [false; 3]);
        assert!(differ(&first, &from("2001:db8:1:3::1"))[0]);
        let mapped = differ(&from("192.0.2.1"), &from("::ffff:192.0.2.1"));
        assert_eq!(mapped, [false; 3]);
    }

    proptest! {
        /// What is stored tells nobody who asked, and two kinds of things never share a count.
        #[test]
        fn names_name_nobody(local in "[a-z]{3,12}", last in 1_u8..255, hours in 0_i64..1_000_000) {
            let now = Timestamp::from_second(hours * 3600).unwrap();
            let attendee = Address::parse(&format!("{local}@b.test")).unwrap();
            let uid = Uid::parse(&"5f".repeat(20)).unwrap();
            let key = TenantKey::new([7; 32]).unwrap();
            let whence = IpAddr::from([192, 0, 2, last]);
            let counts = LinkLimits::default().counts(&key, Some(whence), &attendee, &uid, now);
            for (count, kind) in counts.iter().zip(["ip#", "address#", "event#"]) {
                let hash = count.name.strip_prefix(kind).unwrap();
                prop_assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
                prop_assert!(count.until > now);
            }
        }
    }
}
