//! Where an invitation came from.

/// Where an invitation came from (old API: `origin`): the API, a list, somebody who passed it on, or where an invite link stood. The names
/// are those of the system before this one; statistics and reports have them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// `POST /event/{uid}/invites`
    Api,
    /// A CSV to `bulk@`.
    Bulk,
    /// A newsletter of ConvertKit.
    Convertkit,
    /// A button in a mail.
    Emailcta,
    /// HubSpot.
    Hubspot,
    /// Klaviyo.
    Klaviyo,
    /// A button in a mail of Klaviyo's.
    Klaviyocta,
    /// A landing page.
    Landingpage,
    /// A button in a mail of Mailchimp's.
    Mailchimpcta,
    /// A page of several events.
    Multievent,
    /// SendGrid.
    Sendgrid,
    /// A button in a mail of SendGrid's.
    Sendgridcta,
    /// An uninvited reply that was let in.
    Shared,
    /// A single send of SendGrid's.
    Singlesend,
    /// Somebody who tries the link.
    Test,
    /// A list of special guests.
    Vip,
    /// A form on a web page; a link that does not say.
    Webform,
    /// Wix.
    Wix,
    /// Wix, its second version.
    Wixv2,
    /// Zoho.
    Zoho,
}

impl Origin {
    /// All there are.
    pub const ALL: [Self; 20] = [
        Self::Api,
        Self::Bulk,
        Self::Convertkit,
        Self::Emailcta,
        Self::Hubspot,
        Self::Klaviyo,
        Self::Klaviyocta,
        Self::Landingpage,
        Self::Mailchimpcta,
        Self::Multievent,
        Self::Sendgrid,
        Self::Sendgridcta,
        Self::Shared,
        Self::Singlesend,
        Self::Test,
        Self::Vip,
        Self::Webform,
        Self::Wix,
        Self::Wixv2,
        Self::Zoho,
    ];

    /// Reads the name in any case; `None` for another.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim();
        Self::ALL
            .into_iter()
            .find(|origin| origin.code().eq_ignore_ascii_case(name))
    }

    /// Stable name, for people and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Bulk => "bulk",
            Self::Convertkit => "convertkit",
            Self::Emailcta => "emailcta",
            Self::Hubspot => "hubspot",
            Self::Klaviyo => "klaviyo",
            Self::Klaviyocta => "klaviyocta",
            Self::Landingpage => "landingpage",
            Self::Mailchimpcta => "mailchimpcta",
            Self::Multievent => "multievent",
            Self::Sendgrid => "sendgrid",
            Self::Sendgridcta => "sendgridcta",
            Self::Shared => "shared",
            Self::Singlesend => "singlesend",
            Self::Test => "test",
            Self::Vip => "vip",
            Self::Webform => "webform",
            Self::Wix => "wix",
            Self::Wixv2 => "wixv2",
            Self::Zoho => "zoho",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_origin_is_read_by_its_name() {
        for origin in Origin::ALL {
            assert_eq!(Origin::parse(origin.code()), Some(origin));
            assert_eq!(Origin::parse(&origin.code().to_uppercase()), Some(origin));
        }
        for unknown in ["", "mailchimp", "web-form", "api,bulk"] {
            assert_eq!(Origin::parse(unknown), None, "{unknown}");
        }
    }
}
