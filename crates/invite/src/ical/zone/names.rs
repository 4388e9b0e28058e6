//! Names of zones that are neither IANA's nor in calcard's tables of Windows and Exchange names.

use jiff::tz;

/// The IANA name of a zone as seen in mails that define it nowhere; each was in a calendar people sent.
pub(super) fn iana_of(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "z" | "zulu" | "utc" | "gmt" | "tzone://microsoft/utc" | "coordinated universal time" => {
            "UTC"
        }
        // Of Windows, missing in calcard's table: one is newer, two are not mapped by CLDR because Windows gave them up.
        "south sudan standard time" => "Africa/Juba",
        "kamchatka standard time" => "Asia/Kamchatka",
        "mid-atlantic standard time" => "Etc/GMT+2",
        // Lotus Notes 8.5
        "western/central europe" => "Europe/Berlin",
        // Outlook 2007, Japanese
        "大阪、札幌、東京" => "Asia/Tokyo",
        _ => return None,
    })
}

/// Exchange and Outlook name a zone by its cities, in whatever order and selection of the day: the first one that
/// IANA has a zone for.
pub(super) fn zone_of_a_city_in(cities: &str) -> Option<String> {
    // Notes has them with strokes between.
    let cities = cities.replace(" / ", ",");
    if !cities.contains([',', ';']) {
        return None;
    }
    let zones: Vec<_> = tz::db().available().collect();
    cities.split([',', ';', ':']).find_map(|city| {
        let city = city.trim().replace(' ', "_");
        zones
            .iter()
            .map(|zone| zone.as_str())
            .find(|zone| {
                zone.rsplit_once('/')
                    .is_some_and(|(area, leaf)| area != "Etc" && leaf.eq_ignore_ascii_case(&city))
            })
            .map(ToOwned::to_owned)
    })
}
