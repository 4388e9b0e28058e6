//! What a tenant allows invite links, as the function behind them is given it (`INVITE_LINK`, JSON written by the deployment).

use invite::invite_link::{Landings, LinkLimits, LinkRules};
use serde::Deserialize;

use crate::shape::OriginCode;

#[derive(Deserialize)]
struct Shape {
    landings: Vec<String>,
    unknown_origin: Option<OriginCode>,
    one_click: Vec<OriginCode>,
    per_address_a_day: u32,
    per_ip_an_hour: u32,
    per_event_an_hour: u32,
}

/// Reads the JSON; links lead on to the tenant's own site, too.
///
/// # Errors
/// A sentence naming what is wrong with it.
pub fn parse(json: &str, site: Option<&str>) -> Result<LinkRules, String> {
    let shape: Shape = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let landings = Landings::of(&shape.landings, site).map_err(|error| error.to_string())?;
    Ok(LinkRules {
        landings,
        unknown_origin: shape.unknown_origin.map(Into::into),
        one_click: shape.one_click.into_iter().map(Into::into).collect(),
        limits: LinkLimits {
            per_address_a_day: shape.per_address_a_day,
            per_ip_an_hour: shape.per_ip_an_hour,
            per_event_an_hour: shape.per_event_an_hour,
        },
    })
}

#[cfg(test)]
mod tests {
    use invite::{event::Origin, invite_link::Landing};

    use super::*;

    const ACME: &str = r#"{"landings":["calendar.acme.example","*.pages.example"],"unknown_origin":"landingpage",
        "one_click":["mailchimpcta"],"per_address_a_day":5,"per_ip_an_hour":60,"per_event_an_hour":1000}"#;

    #[test]
    fn reads_what_the_deployment_writes() {
        let rules = parse(ACME, Some("https://www.acme.example/en")).unwrap();
        assert_eq!(rules.unknown_origin, Some(Origin::Landingpage));
        assert_eq!(rules.one_click, [Origin::Mailchimpcta]);
        assert_eq!(rules.limits, LinkLimits::default());
        for (url, expected) in [
            ("https://www.acme.example/thanks", true),
            ("https://spring.pages.example/", true),
            ("https://evil.example/", false),
        ] {
            let landing = Landing::parse(url).unwrap();
            assert_eq!(rules.landings.allow(&landing), expected, "{url}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let error = parse(
            &ACME.replace("*.pages.example", "https://pages.example"),
            None,
        );
        assert!(error.unwrap_err().contains("https://pages.example"));
        let error = parse(&ACME.replace("mailchimpcta", "mailchimp"), None).unwrap_err();
        assert!(error.contains("mailchimp"), "{error}");
        assert!(parse("{}", None).unwrap_err().contains("landings"));
    }
}
