//! A tenant's configuration, as its functions are given it (`TENANT`, JSON written by the deployment).

use invite::{
    address::Address,
    command::Policy,
    decide::{Hold, Limits},
    event::Uninvited,
    id::TenantKey,
    language::Language,
    letter::{Brand, Sender, Templates},
};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::shape::UninvitedCode;

/// What SES gives every account that may send to anybody.
const LEAST_SENDS_PER_SECOND: f64 = 14.0;

/// A tenant, as far as the functions care.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Short name in resource names.
    pub name: String,
    /// What it allows.
    pub limits: Limits,
    /// Mails a second SES has granted the account.
    pub sends_per_second: f64,
    /// In which language people are written to.
    pub language: Language,
    /// What waits before it reaches many people; `None`: nothing does.
    pub hold: Option<Hold>,
    /// Organizers are told when nobody more is invited to an event of theirs.
    pub tells_of_limits: bool,
    /// The bucket with its own letter templates; `None`: it has none.
    pub letters_bucket: Option<String>,
    brand: Brand,
    update_subject_prefix: String,
    trusted_calendar_senders: Vec<Address>,
    shared_calendar_domains: Vec<String>,
}

impl Tenant {
    /// Reads the JSON.
    ///
    /// # Errors
    /// A sentence naming what is wrong with it.
    pub fn parse(json: &str) -> Result<Self, String> {
        let shape: Shape = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let address = |text: &String| {
            Address::parse(text).ok_or_else(|| format!("{text:?} is not an e-mail address"))
        };
        Ok(Self {
            name: shape.name,
            language: match shape.language.as_deref() {
                Some(code) => Language::of_code(code)
                    .ok_or_else(|| format!("{code:?} is no language letters are written in"))?,
                None => Language::default(),
            },
            hold: shape.hold.as_ref().and_then(HoldShape::hold),
            tells_of_limits: shape.tells_of_limits.unwrap_or(true),
            letters_bucket: shape.letters_bucket,
            sends_per_second: shape.ses_sends_per_second.unwrap_or(LEAST_SENDS_PER_SECOND),
            limits: Limits {
                events_per_organizer: shape.limits.events_per_organizer,
                invites_per_event: shape.limits.invites_per_event,
                enrolled_only: shape.limits.enrolled_only,
                uninvited: shape
                    .limits
                    .uninvited
                    .map_or_else(Uninvited::default, Into::into),
            },
            brand: Brand {
                name: shape.brand.name,
                color: shape.brand.color.unwrap_or_else(|| Brand::COLOR.to_owned()),
                site: shape.brand.site,
                support: shape.brand.support.as_ref().map(address).transpose()?,
                logo: shape.brand.logo,
                address: shape.brand.address,
            },
            update_subject_prefix: shape
                .update_subject_prefix
                .unwrap_or_else(|| Sender::UPDATE_SUBJECT_PREFIX.to_owned()),
            trusted_calendar_senders: shape
                .trusted_calendar_senders
                .iter()
                .map(address)
                .collect::<Result<_, _>>()?,
            shared_calendar_domains: shape.shared_calendar_domains,
        })
    }

    /// Its site on the web, where it has one.
    #[must_use]
    pub fn site(&self) -> Option<&str> {
        self.brand.site.as_deref()
    }

    /// What this tenant lets count as the sender of a mail.
    #[must_use]
    pub fn policy(&self, mail_domain: &str) -> Policy {
        Policy {
            mail_domain: mail_domain.to_owned(),
            trusted_calendar_senders: self.trusted_calendar_senders.clone(),
            shared_calendar_domains: self.shared_calendar_domains.clone(),
        }
    }

    /// Who sends this tenant's letters.
    #[must_use]
    pub fn sender(&self, mail_domain: &str, key: TenantKey) -> Sender {
        Sender {
            brand: self.brand.clone(),
            mail_domain: mail_domain.to_owned(),
            key,
            update_subject_prefix: self.update_subject_prefix.clone(),
            templates: Templates::of(self.language),
            pages: None,
        }
    }
}

#[derive(Deserialize)]
struct Shape {
    name: String,
    language: Option<String>,
    brand: BrandShape,
    update_subject_prefix: Option<String>,
    ses_sends_per_second: Option<f64>,
    hold: Option<HoldShape>,
    tells_of_limits: Option<bool>,
    letters_bucket: Option<String>,
    limits: LimitsShape,
    #[serde(default)]
    trusted_calendar_senders: Vec<String>,
    #[serde(default)]
    shared_calendar_domains: Vec<String>,
}

#[derive(Deserialize)]
struct BrandShape {
    name: String,
    color: Option<String>,
    site: Option<String>,
    support: Option<String>,
    logo: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
struct HoldShape {
    above: u64,
    minutes: f64,
}

impl HoldShape {
    /// Above nobody, or for no time: switched off.
    fn hold(&self) -> Option<Hold> {
        let wait = SignedDuration::try_from_secs_f64(self.minutes * 60.0).ok()?;
        (self.above > 0 && wait.is_positive()).then_some(Hold {
            above: self.above,
            wait,
        })
    }
}

#[derive(Deserialize)]
struct LimitsShape {
    events_per_organizer: Option<u32>,
    invites_per_event: u32,
    enrolled_only: bool,
    #[serde(default)]
    uninvited: Option<UninvitedCode>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = r##"{"name":"acme",
        "brand":{"name":"Acme","color":"#1f5fbf","site":"https://acme.example","support":"support@acme.example"},
        "update_subject_prefix":"Changed:","hold":{"above":500,"minutes":10},
        "limits":{"events_per_organizer":null,"invites_per_event":2500,"enrolled_only":false},
        "trusted_calendar_senders":["calendar-notification@google.com"],
        "shared_calendar_domains":["group.calendar.google.com"]}"##;

    #[test]
    fn reads_what_the_deployment_writes() {
        let tenant = Tenant::parse(ACME).unwrap();
        assert_eq!(tenant.limits.events_per_organizer, None);
        assert_eq!(tenant.limits.invites_per_event, 2500);
        let hold = Hold {
            above: 500,
            wait: SignedDuration::from_mins(10),
        };
        assert_eq!(tenant.hold, Some(hold));
        let policy = tenant.policy("acme.invites.example");
        assert_eq!(policy.mail_domain, "acme.invites.example");
        assert_eq!(policy.trusted_calendar_senders.len(), 1);
    }

    #[test]
    fn nothing_waits_where_no_number_of_people_is_too_many() {
        for (hold, by) in [("\"above\":500", "\"above\":0"), ("\"hold\"", "\"held\"")] {
            let tenant = Tenant::parse(&ACME.replace(hold, by)).unwrap();
            assert_eq!(tenant.hold, None, "{by}");
        }
    }

    #[test]
    fn organizers_are_told_of_limits_unless_the_tenant_says_no() {
        assert!(Tenant::parse(ACME).unwrap().tells_of_limits);
        let quiet = ACME.replacen('{', "{\"tells_of_limits\":false,", 1);
        assert!(!Tenant::parse(&quiet).unwrap().tells_of_limits);
    }

    #[test]
    fn letters_are_ours_unless_a_bucket_with_others_is_named() {
        assert_eq!(Tenant::parse(ACME).unwrap().letters_bucket, None);
        let named = ACME.replacen('{', "{\"letters_bucket\":\"cis-dev-acme-letters\",", 1);
        assert_eq!(
            Tenant::parse(&named).unwrap().letters_bucket.as_deref(),
            Some("cis-dev-acme-letters")
        );
    }

    #[test]
    fn letters_are_english_unless_another_language_is_named() {
        let named =
            |language: &str| ACME.replacen('{', &format!("{{\"language\":\"{language}\","), 1);
        assert_eq!(Tenant::parse(ACME).unwrap().language, Language::English);
        let german = Tenant::parse(&named("de")).unwrap();
        let key = TenantKey::new([7; 32]).unwrap();
        assert_eq!(
            german.sender("acme.invites.example", key).language(),
            Language::German
        );
        let error = Tenant::parse(&named("fr")).unwrap_err();
        assert_eq!(error, "\"fr\" is no language letters are written in");
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = ACME.replace("calendar-notification@google.com", "google");
        let error = Tenant::parse(&wrong).unwrap_err();
        assert_eq!(error, "\"google\" is not an e-mail address");
        assert!(Tenant::parse("{}").unwrap_err().contains("name"));
    }
}
