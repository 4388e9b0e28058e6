//! The link by which somebody has an invitation sent to himself (A13): which events have one, what it may say, where it may lead
//! on to, how often it works, and what proves that its page was looked at before its button was pressed.

mod landing;
mod limits;
mod nonce;
mod person;

use jiff::Timestamp;

use crate::{
    decide::Standing,
    event::{Event, Origin, Uninvited},
    id::Uid,
};

pub use landing::{BadHost, Landing, Landings};
pub use limits::{Count, LinkLimits};
pub use nonce::{Bound, Nonce};
pub use person::person;

/// What the tenant allows links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkRules {
    /// Where they may lead on to.
    pub landings: Landings,
    /// As which origin those count whose origin nobody knows; `None`: they are refused.
    pub unknown_origin: Option<Origin>,
    /// Origins whose links invite whoever opens them, without a button.
    pub one_click: Vec<Origin>,
    /// How often they work.
    pub limits: LinkLimits,
}

/// What a link, or the form of its page, says, as it came; empty where it says nothing. No `Debug`: it names people.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Whom to invite.
    pub email: String,
    /// His name.
    pub name: String,
    /// Where the link stood.
    pub origin: String,
    /// Where to go on to.
    pub landing: String,
}

/// What a link comes to, whoever follows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// Where the link stood.
    pub origin: Origin,
    /// Where it leads on to, if anywhere.
    pub landing: Option<Landing>,
    /// Whether looking at it is enough.
    pub is_one_click: bool,
}

/// What a link says wrongly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Mail cannot be sent there, or nobody is invited there.
    Email,
    /// It is no name.
    Name,
    /// Nobody knows it.
    Origin,
    /// The tenant does not lead on to it.
    Landing,
}

impl Wrong {
    /// The parameter.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Origin => "origin",
            Self::Landing => "landing",
        }
    }
}

impl LinkRules {
    /// What a link without an origin counts as: the form that its page is.
    pub const UNSAID_ORIGIN: Origin = Origin::Webform;

    /// Reads what is the same for all who follow a link.
    ///
    /// # Errors
    /// [`Wrong::Origin`], [`Wrong::Landing`].
    pub fn target(&self, said: &Said) -> Result<Target, Wrong> {
        let named = Some(said.origin.trim()).filter(|origin| !origin.is_empty());
        let known = named.and_then(Origin::parse);
        let origin = match named {
            None => Some(Self::UNSAID_ORIGIN),
            Some(_) => known.or(self.unknown_origin),
        };
        let landing = match said.landing.as_str() {
            "" => None,
            text => {
                let landing = Landing::parse(text).filter(|landing| self.landings.allow(landing));
                Some(landing.ok_or(Wrong::Landing)?)
            }
        };
        Ok(Target {
            origin: origin.ok_or(Wrong::Origin)?,
            landing,
            // One that is taken as another, or says none, was not switched on.
            is_one_click: known.is_some_and(|known| self.one_click.contains(&known)),
        })
    }
}

/// Why nobody is invited to an event by its link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoLink {
    /// Its organizer wants to say yes to each guest, or to nobody; or he may not invite at present. Strangers are not told which.
    NotOffered,
    /// It is cancelled.
    Cancelled,
    /// It has ended.
    Over,
}

/// Whether an event has a link.
///
/// # Errors
/// Why not.
pub fn offered(event: &Event, standing: &Standing, now: Timestamp) -> Result<(), NoLink> {
    if event.uninvited != Uninvited::Open || standing.suspended {
        Err(NoLink::NotOffered)
    } else if event.is_cancelled() {
        Err(NoLink::Cancelled)
    } else if event.is_over(now) {
        Err(NoLink::Over)
    } else {
        Ok(())
    }
}

/// The link to an event, where the pages are at that address.
#[must_use]
pub fn link(pages: &str, uid: &Uid) -> String {
    format!("{}/event/{uid}/invite", pages.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> LinkRules {
        LinkRules {
            landings: Landings::of(&["calendar.acme.example"], None).unwrap(),
            unknown_origin: None,
            one_click: vec![Origin::Emailcta],
            limits: LinkLimits::default(),
        }
    }

    fn said(origin: &str, landing: &str) -> Said {
        Said {
            origin: origin.to_owned(),
            landing: landing.to_owned(),
            ..Said::default()
        }
    }

    #[test]
    fn every_origin_of_the_old_system_is_known_and_no_other() {
        for origin in Origin::ALL {
            let target = rules().target(&said(origin.code(), "")).unwrap();
            assert_eq!(target.origin, origin);
        }
        let unsaid = rules().target(&said(" ", "")).unwrap();
        assert_eq!(unsaid.origin, Origin::Webform);
        let unknown = said("spring-mailing", "");
        assert_eq!(rules().target(&unknown), Err(Wrong::Origin));
        let lenient = LinkRules {
            unknown_origin: Some(Origin::Landingpage),
            ..rules()
        };
        let taken = lenient.target(&unknown).unwrap();
        assert_eq!(taken.origin, Origin::Landingpage);
    }

    #[test]
    fn only_an_origin_that_was_named_invites_by_one_click() {
        let is_one_click = |rules: &LinkRules, origin| {
            let target = rules.target(&said(origin, "")).unwrap();
            target.is_one_click
        };
        assert!(is_one_click(&rules(), "emailcta") && is_one_click(&rules(), "EmailCTA"));
        assert!(!is_one_click(&rules(), "klaviyocta"));
        // Neither what says nothing nor what is taken as it.
        let all = LinkRules {
            unknown_origin: Some(Origin::Emailcta),
            one_click: Origin::ALL.to_vec(),
            ..rules()
        };
        assert!(!is_one_click(&all, "") && !is_one_click(&all, "spring-mailing"));
    }

    #[test]
    fn a_landing_that_is_not_allowed_is_refused_and_not_left_out() {
        let target = |landing| rules().target(&said("", landing));
        let there = target("https://calendar.acme.example/thanks").unwrap();
        let url = there.landing.map(|landing| landing.url().to_owned());
        assert_eq!(url.as_deref(), Some("https://calendar.acme.example/thanks"));
        assert_eq!(target("").unwrap().landing, None);
        for foreign in ["https://evil.example/", " ", "thanks", "//evil.example"] {
            assert_eq!(target(foreign), Err(Wrong::Landing), "{foreign}");
        }
    }
}
