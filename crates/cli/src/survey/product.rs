//! PRODID → the family of products that wrote it. Versions, languages and editions make hundreds of one.

/// A word of PRODID, lower case, and the family it shows. The first that is found counts.
const FAMILIES: [(&str, &str); 72] = [
    ("google", "Google Calendar"),
    ("microsoft exchange", "Outlook, Exchange"),
    ("microsoft cdo", "Outlook, Exchange"),
    ("microsoft corporation", "Outlook, Exchange"),
    ("outlook", "Outlook, Exchange"),
    ("calendarserver.org", "Apple"),
    ("apple", "Apple"),
    ("iphone", "Apple"),
    ("caldavcalendar", "Apple"),
    ("mozilla", "Thunderbird"),
    ("lotus", "Domino, Notes"),
    ("domino", "Domino, Notes"),
    ("hcl technologies", "Domino, Notes"),
    ("blue mind", "BlueMind"),
    ("bluemind", "BlueMind"),
    ("yahoo", "Yahoo"),
    ("zimbra", "Zimbra"),
    ("evolution", "Evolution"),
    ("ximian", "Evolution"),
    ("kopano", "Kopano, Zarafa"),
    ("zarafa", "Kopano, Zarafa"),
    ("open-xchange", "Open-Xchange"),
    ("nextcloud", "Nextcloud, ownCloud, Baikal"),
    ("owncloud", "Nextcloud, ownCloud, Baikal"),
    ("sabre", "Nextcloud, ownCloud, Baikal"),
    ("radicale", "Radicale"),
    ("synology", "Synology"),
    ("cyrusimap", "Fastmail, Cyrus"),
    ("fastmail", "Fastmail, Cyrus"),
    ("proton", "Proton"),
    ("zoho", "Zoho"),
    ("groupwise", "GroupWise"),
    ("novell", "GroupWise"),
    ("kerio", "Kerio"),
    ("sogo", "SOGo"),
    ("inverse inc", "SOGo"),
    ("horde", "Horde"),
    ("k desktop", "KOrganizer"),
    ("korganizer", "KOrganizer"),
    ("libkcal", "KOrganizer"),
    ("roundcube", "Roundcube"),
    ("davmail", "DavMail"),
    ("bitfire", "DAVx5"),
    ("davx5", "DAVx5"),
    ("android", "Android"),
    ("samsung", "Android"),
    ("offline calendar", "Android"),
    ("research in motion", "BlackBerry"),
    ("blackberry", "BlackBerry"),
    ("emclient", "eM Client"),
    ("spark", "Spark"),
    ("sun/calendar", "Sun Calendar Server"),
    ("oracle", "Oracle"),
    ("contactoffice", "ContactOffice"),
    ("algoo", "Tracim"),
    ("pimutils", "khal"),
    ("meetup", "event and booking services"),
    ("eventbrite", "event and booking services"),
    ("calendly", "event and booking services"),
    ("calcom", "event and booking services"),
    ("airbnb", "event and booking services"),
    ("lanyrd", "event and booking services"),
    ("tripit", "event and booking services"),
    ("europcar", "event and booking services"),
    ("sixt", "event and booking services"),
    ("podio", "event and booking services"),
    ("ecpv", "event and booking services"),
    ("churchcommunitybuilder", "event and booking services"),
    ("plone", "content management systems"),
    ("drupal", "content management systems"),
    ("joomla", "content management systems"),
    ("ade/version", "ADE"),
];

/// The family; `None` for examples of RFCs, tests of libraries, and products nobody here has met.
pub(super) fn of(prodid: &str) -> Option<&'static str> {
    let prodid = prodid.to_lowercase();
    FAMILIES
        .iter()
        .find(|(word, _)| prodid.contains(word))
        .map(|(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_known_by_any_of_its_versions() {
        for (prodid, family) in [
            (
                "-//Google Inc//Google Calendar 70.9054//EN",
                Some("Google Calendar"),
            ),
            ("Microsoft Exchange Server 2010", Some("Outlook, Exchange")),
            (
                "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
                Some("Outlook, Exchange"),
            ),
            ("-//Apple Inc.//iPhone OS 17.1//EN", Some("Apple")),
            (
                "-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
                Some("Thunderbird"),
            ),
            ("-//hacksw/handcal//NONSGML v1.0//EN", None),
            ("", None),
        ] {
            assert_eq!(of(prodid), family, "{prodid}");
        }
    }
}
