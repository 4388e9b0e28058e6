//! What names of zones mean.

use expect_test::expect;

use super::*;

fn at_noon(tzid: &str) -> Option<Resolved> {
    Zones::default().resolve(tzid, "2026-07-15T12:00".parse().unwrap())
}

/// All names of CLDR's windowsZones and the two Windows gave up, one a line.
const WINDOWS: &str = "\
Dateline Standard Time
UTC-11
Aleutian Standard Time
Hawaiian Standard Time
Marquesas Standard Time
Alaskan Standard Time
UTC-09
Pacific Standard Time (Mexico)
UTC-08
Pacific Standard Time
US Mountain Standard Time
Mountain Standard Time (Mexico)
Mountain Standard Time
Yukon Standard Time
Central America Standard Time
Central Standard Time
Easter Island Standard Time
Central Standard Time (Mexico)
Canada Central Standard Time
SA Pacific Standard Time
Eastern Standard Time (Mexico)
Eastern Standard Time
Haiti Standard Time
Cuba Standard Time
US Eastern Standard Time
Turks And Caicos Standard Time
Paraguay Standard Time
Atlantic Standard Time
Venezuela Standard Time
Central Brazilian Standard Time
SA Western Standard Time
Pacific SA Standard Time
Newfoundland Standard Time
Tocantins Standard Time
E. South America Standard Time
SA Eastern Standard Time
Argentina Standard Time
Greenland Standard Time
Montevideo Standard Time
Magallanes Standard Time
Saint Pierre Standard Time
Bahia Standard Time
UTC-02
Mid-Atlantic Standard Time
Azores Standard Time
Cape Verde Standard Time
UTC
GMT Standard Time
Greenwich Standard Time
Sao Tome Standard Time
Morocco Standard Time
W. Europe Standard Time
Central Europe Standard Time
Romance Standard Time
Central European Standard Time
W. Central Africa Standard Time
Jordan Standard Time
GTB Standard Time
Middle East Standard Time
Egypt Standard Time
E. Europe Standard Time
Syria Standard Time
West Bank Standard Time
South Africa Standard Time
FLE Standard Time
Israel Standard Time
South Sudan Standard Time
Kaliningrad Standard Time
Sudan Standard Time
Libya Standard Time
Namibia Standard Time
Arabic Standard Time
Turkey Standard Time
Arab Standard Time
Belarus Standard Time
Russian Standard Time
E. Africa Standard Time
Volgograd Standard Time
Iran Standard Time
Arabian Standard Time
Astrakhan Standard Time
Azerbaijan Standard Time
Russia Time Zone 3
Mauritius Standard Time
Saratov Standard Time
Georgian Standard Time
Caucasus Standard Time
Afghanistan Standard Time
West Asia Standard Time
Qyzylorda Standard Time
Ekaterinburg Standard Time
Pakistan Standard Time
India Standard Time
Sri Lanka Standard Time
Nepal Standard Time
Central Asia Standard Time
Bangladesh Standard Time
Omsk Standard Time
Myanmar Standard Time
SE Asia Standard Time
Altai Standard Time
W. Mongolia Standard Time
North Asia Standard Time
N. Central Asia Standard Time
Tomsk Standard Time
China Standard Time
North Asia East Standard Time
Singapore Standard Time
W. Australia Standard Time
Taipei Standard Time
Ulaanbaatar Standard Time
Aus Central W. Standard Time
Transbaikal Standard Time
Tokyo Standard Time
North Korea Standard Time
Korea Standard Time
Yakutsk Standard Time
Cen. Australia Standard Time
AUS Central Standard Time
E. Australia Standard Time
AUS Eastern Standard Time
West Pacific Standard Time
Tasmania Standard Time
Vladivostok Standard Time
Lord Howe Standard Time
Bougainville Standard Time
Russia Time Zone 10
Magadan Standard Time
Norfolk Standard Time
Sakhalin Standard Time
Central Pacific Standard Time
Russia Time Zone 11
New Zealand Standard Time
UTC+12
Fiji Standard Time
Kamchatka Standard Time
Chatham Islands Standard Time
UTC+13
Tonga Standard Time
Samoa Standard Time
Line Islands Standard Time
";

#[test]
fn every_name_of_windows_is_a_zone_of_the_database() {
    let unknown: Vec<_> = WINDOWS
        .lines()
        .filter(|name| !name.starts_with("UTC") || name.len() == 3)
        .filter(|name| at_noon(name).is_none_or(|resolved| resolved.iana.is_none()))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
    // Those that are a plain offset have no zone, but an instant.
    assert!(WINDOWS.lines().all(|name| at_noon(name).is_some()));
    // Quoted twice, as some clients do.
    let iana = at_noon("\"W. Europe Standard Time\"").unwrap().iana;
    assert_eq!(iana.as_deref(), Some("Europe/Berlin"));
}

#[test]
fn links_and_any_case_are_zones_of_the_database() {
    let every: Vec<_> = tz::db().available().map(|name| name.to_string()).collect();
    for name in &every {
        for written in [name.clone(), name.to_lowercase(), name.to_uppercase()] {
            assert!(at_noon(&written).is_some(), "{written}");
        }
    }
}

#[test]
fn names_are_known_as_clients_decorate_them() {
    let mut seen = String::new();
    for tzid in [
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
        "(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna",
        "(GMT+01:00) Sarajevo, Skopje, Warsaw, Zagreb",
        "(UTC-05:00) Eastern Time (US & Canada)",
        "(GMT-08:00) Pacific Time (US & Canada); Tijuana",
        "(UTC) Coordinated Universal Time",
        "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi",
        "(UTC+09:00) Osaka, Sapporo, Tokyo",
        "Eastern Standard Time",
        "Eastern",
        "W. Europe",
        "/mozilla.org/20050126_1/Europe/Berlin",
        "/mozilla.org/20070129_1/UTC",
        "/freeassociation.sourceforge.net/Tzfile/Europe/London",
        "/softwarestudio.org/Olson_20011030_5/America/New_York",
        "/citadel.org/20210210_1/America/Indiana/Indianapolis",
        "posix/Europe/Vaduz",
        "UTC+2",
        "UTC-03:30",
        "GMT+0100",
        "Etc/GMT-3",
        "US/Eastern",
        "EST5EDT",
        "tzone://Microsoft/Utc",
        "tzone://Microsoft/Custom",
        "Customized Time Zone",
    ] {
        let found = at_noon(tzid).map_or_else(
            || "unknown".to_owned(),
            |found| format!("{} {}", found.instant, found.iana.unwrap_or_default()),
        );
        seen.push_str(&format!("{tzid}: {}\n", found.trim_end()));
    }
    expect![[r#"
        (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna: 2026-07-15T10:00:00Z Europe/Berlin
        (GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna: 2026-07-15T10:00:00Z Europe/Amsterdam
        (GMT+01:00) Sarajevo, Skopje, Warsaw, Zagreb: 2026-07-15T10:00:00Z Europe/Sarajevo
        (UTC-05:00) Eastern Time (US & Canada): 2026-07-15T16:00:00Z America/New_York
        (GMT-08:00) Pacific Time (US & Canada); Tijuana: 2026-07-15T19:00:00Z America/Los_Angeles
        (UTC) Coordinated Universal Time: 2026-07-15T12:00:00Z UTC
        (UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi: 2026-07-15T06:30:00Z Asia/Kolkata
        (UTC+09:00) Osaka, Sapporo, Tokyo: 2026-07-15T03:00:00Z Asia/Tokyo
        Eastern Standard Time: 2026-07-15T16:00:00Z America/New_York
        Eastern: 2026-07-15T16:00:00Z America/New_York
        W. Europe: 2026-07-15T10:00:00Z Europe/Amsterdam
        /mozilla.org/20050126_1/Europe/Berlin: 2026-07-15T10:00:00Z Europe/Berlin
        /mozilla.org/20070129_1/UTC: 2026-07-15T12:00:00Z UTC
        /freeassociation.sourceforge.net/Tzfile/Europe/London: 2026-07-15T11:00:00Z Europe/London
        /softwarestudio.org/Olson_20011030_5/America/New_York: 2026-07-15T16:00:00Z America/New_York
        /citadel.org/20210210_1/America/Indiana/Indianapolis: 2026-07-15T16:00:00Z America/Indiana/Indianapolis
        posix/Europe/Vaduz: 2026-07-15T10:00:00Z Europe/Vaduz
        UTC+2: 2026-07-15T10:00:00Z
        UTC-03:30: 2026-07-15T15:30:00Z
        GMT+0100: 2026-07-15T11:00:00Z
        Etc/GMT-3: 2026-07-15T09:00:00Z Etc/GMT-3
        US/Eastern: 2026-07-15T16:00:00Z US/Eastern
        EST5EDT: 2026-07-15T16:00:00Z EST5EDT
        tzone://Microsoft/Utc: 2026-07-15T12:00:00Z UTC
        tzone://Microsoft/Custom: unknown
        Customized Time Zone: unknown
    "#]].assert_eq(&seen);
}
