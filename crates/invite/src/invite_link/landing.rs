//! Where a link leads on to once the invitation is on its way: to hosts the tenant has named, by https, and to nothing that only looks
//! like one of them. Browsers read addresses more kindly than standards do (they drop line breaks, and take `\` for `/`), so what
//! is not plain is refused and never mended.

/// Longest address, in bytes.
const MAX_BYTES: usize = 2_000;

/// An address on the web, `https://host…`: no user, no port, its host in ASCII.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landing {
    url: String,
    host: String,
}

impl Landing {
    /// Reads an address; `None` unless every reader of addresses reads the same host in it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| {
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                )
        };
        let (scheme, rest) = text.split_once("://")?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        (is_https && text.len() <= MAX_BYTES && text.bytes().all(is_plain)).then_some(())?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, rest) = rest.split_at_checked(end)?;
        let host = host.to_ascii_lowercase();
        is_host(&host).then(|| Self {
            url: format!("https://{host}{rest}"),
            host,
        })
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Two labels at least, of letters, digits and hyphens, the last no number: what is left out is `user@`, ports, IP addresses, and letters
/// that look like others.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// Hosts the tenant leads on to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landings {
    hosts: Vec<Host>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Host {
    Exactly(String),
    /// All below it, and not itself.
    Below(String),
}

/// A host of the tenant's that is none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is neither a host nor * and what is above it")]
pub struct BadHost(String);

impl Landings {
    /// The hosts named (`www.acme.example`, or `*.acme.example` for all below), and that of the tenant's own site.
    ///
    /// # Errors
    /// [`BadHost`].
    pub fn of(named: &[impl AsRef<str>], site: Option<&str>) -> Result<Self, BadHost> {
        let mut hosts = named
            .iter()
            .map(|text| Host::parse(text.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let site = site.and_then(Landing::parse);
        hosts.extend(site.map(|site| Host::Exactly(site.host)));
        hosts.dedup();
        Ok(Self { hosts })
    }

    /// Whether it is on one of them.
    #[must_use]
    pub fn allow(&self, landing: &Landing) -> bool {
        self.hosts.iter().any(|host| match host {
            Host::Exactly(host) => landing.host == *host,
            Host::Below(above) => landing
                .host
                .strip_suffix(above.as_str())
                .is_some_and(|rest| rest.ends_with('.')),
        })
    }

    /// As a page's security policy names them: `https://www.acme.example https://*.acme.example`.
    #[must_use]
    pub fn sources(&self) -> String {
        let source = |host: &Host| match host {
            Host::Exactly(host) => format!("https://{host}"),
            Host::Below(above) => format!("https://*.{above}"),
        };
        self.hosts.iter().map(source).collect::<Vec<_>>().join(" ")
    }
}

impl Host {
    fn parse(text: &str) -> Result<Self, BadHost> {
        let (host, is_above) = match text.strip_prefix("*.") {
            Some(above) => (above, true),
            None => (text, false),
        };
        if !is_host(host) {
            return Err(BadHost(text.to_owned()));
        }
        Ok(if is_above {
            Self::Below(host.to_owned())
        } else {
            Self::Exactly(host.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn landings() -> Landings {
        let named = ["calendar.acme.example", "*.pages.example"];
        Landings::of(&named, Some("https://www.acme.example/en")).unwrap()
    }

    fn is_allowed(text: &str) -> bool {
        Landing::parse(text).is_some_and(|landing| landings().allow(&landing))
    }

    #[test]
    fn a_landing_is_on_a_host_the_tenant_has_named_or_on_its_own_site() {
        for right in [
            "https://calendar.acme.example",
            "https://calendar.acme.example/",
            "HTTPS://Calendar.Acme.Example/Thanks?a=1&b=%0d%0a#top",
            "https://calendar.acme.example?x",
            "https://calendar.acme.example#@evil.example",
            "https://calendar.acme.example/@evil.example//x",
            "https://www.acme.example/thanks",
            "https://spring.pages.example/",
            "https://a.b.pages.example/",
        ] {
            assert!(is_allowed(right), "{right}");
        }
        let landing = Landing::parse("HTTPS://Calendar.Acme.Example/Thanks").unwrap();
        assert_eq!(landing.url(), "https://calendar.acme.example/Thanks");
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for wrong in [
            "",
            "calendar.acme.example",
            "/thanks",
            "//calendar.acme.example/",
            "http://calendar.acme.example/",
            "javascript:alert(1)",
            "javascript://calendar.acme.example/%0aalert(1)",
            "data:text/html,x",
            "https:calendar.acme.example",
            "https:/calendar.acme.example",
            "https:///calendar.acme.example",
            "https:\\\\calendar.acme.example",
            "https://evil.example",
            "https://evil.example/https://calendar.acme.example/",
            "https://evil.example?calendar.acme.example",
            "https://evil.example#calendar.acme.example",
            "https://calendar.acme.example@evil.example/",
            "https://calendar.acme.example:pw@evil.example/",
            "https://user@calendar.acme.example/",
            "https://calendar.acme.example:443/",
            "https://calendar.acme.example:8443/",
            "https://calendar.acme.example.evil.example/",
            "https://calendar.acme.example./",
            "https://.calendar.acme.example/",
            "https://x.calendar.acme.example/",
            "https://evilcalendar.acme.example/",
            "https://acme.example/",
            "https://pages.example/",
            "https://evilpages.example/",
            "https://.pages.example/",
            "https://calendar.acme.example\\@evil.example/",
            "https://evil.example\\.pages.example/",
            "https://evil.example%2f.pages.example/",
            "https://calendar.acme.example\r\nSet-Cookie: a=b",
            "https://calendar.acme.example/\nx",
            "https://calendar.acme\t.example/",
            " https://calendar.acme.example/",
            "https://calendar.acme.example/ x",
            "https://calendar.acme.example/\u{0}",
            // A Cyrillic а, a full-width dot, a dotless i, a soft hyphen.
            "https://c\u{430}lendar.acme.example/",
            "https://calendar\u{ff0e}acme.example/",
            "https://spr\u{131}ng.pages.example/",
            "https://cal\u{ad}endar.acme.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://calendar.acme.example/<script>",
            "https://calendar.acme.example/\"x",
        ] {
            assert!(!is_allowed(wrong), "{wrong}");
        }
        let long = format!("https://calendar.acme.example/{}", "a".repeat(MAX_BYTES));
        assert!(!is_allowed(&long));
    }

    #[test]
    fn a_host_of_the_tenants_that_is_none_is_said_to_be() {
        for wrong in [
            "",
            "*",
            "*.example",
            "www.*.example",
            "https://a.example",
            "A.example",
        ] {
            let error = Landings::of(&[wrong], None).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
        let none = Landings::of(&[""; 0], None).unwrap();
        assert!(!none.allow(&Landing::parse("https://www.acme.example").unwrap()));
        assert_eq!(
            landings().sources(),
            "https://calendar.acme.example https://*.pages.example https://www.acme.example"
        );
    }

    proptest! {
        /// Whatever surrounds an allowed host: what is allowed begins with one, and ends there or in a path, query or fragment.
        #[test]
        fn nothing_around_an_allowed_host_makes_another_one_allowed(
            before in "[ -~]{0,6}", between in "[a-z:@/\\\\.?#%]{0,4}", behind in "(?s).{0,12}",
        ) {
            let text = format!("{before}https://{between}calendar.acme.example{behind}");
            if let Some(landing) = Landing::parse(&text).filter(|landing| landings().allow(landing)) {
                let host = landing.url().strip_prefix("https://").unwrap();
                let host = host.split(['/', '?', '#']).next().unwrap();
                prop_assert!(
                    ["calendar.acme.example", "www.acme.example"].contains(&host) || host.ends_with(".pages.example"),
                    "{text}"
                );
                prop_assert!(landing.url().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
