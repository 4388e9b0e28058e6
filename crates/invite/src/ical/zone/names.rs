//! Names of zones that are neither IANA's nor in calcard's tables of Windows names.

/// The IANA name of a zone as Lotus, old Outlook and hand-written calendars call it.
pub(super) fn iana_of(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "z" | "zulu" | "utc" | "gmt" | "tzone://microsoft/utc" | "coordinated universal time" => {
            "UTC"
        }
        // What Outlook on the web writes when it takes the zone from a mailbox without one.
        "tzone://microsoft/custom" => return None,
        _ => return None,
    })
}
