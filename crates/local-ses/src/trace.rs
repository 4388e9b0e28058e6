//! The header fields SES puts before a mail it takes in, in its order and wording.

use std::fmt::Write as _;
use std::net::IpAddr;

use data_encoding::BASE32_DNSSEC;
use jiff::Timestamp;

use crate::INBOUND_HOST;
use crate::verdict::{Findings, Verdict};

/// How many random bytes make an id of SES's form (40 characters of 0–9 and a–v).
pub const ID_BYTES: usize = 25;

/// The id SES gives a mail it takes in; also the last part of the object's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailId(String);

impl MailId {
    /// The id these bytes are written as.
    #[must_use]
    pub fn new(bytes: [u8; ID_BYTES]) -> Self {
        Self(BASE32_DNSSEC.encode(&bytes))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the fields tell.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'a> {
    /// The id given.
    pub id: &'a MailId,
    /// When the mail came.
    pub at: Timestamp,
    /// The client's address.
    pub peer: IpAddr,
    /// What it called itself.
    pub helo: &'a str,
    /// The envelope sender; empty for the null return path.
    pub from: &'a str,
    /// The envelope recipients the rule matched.
    pub recipients: &'a [String],
    /// Whether the rule asked for the spam and virus verdicts.
    pub scan: bool,
    /// What the checks found.
    pub findings: &'a Findings,
}

impl Trace<'_> {
    /// The fields, each line ended by CRLF.
    #[must_use]
    pub fn fields(&self) -> String {
        let mut fields = format!("Return-Path: <{}>\r\n", plain(self.from));
        let _ = write!(
            fields,
            "Received: from {helo} ({helo} [{peer}])\r\n by {INBOUND_HOST} with SMTP id {id}\r\n",
            helo = plain(self.helo),
            peer = self.peer,
            id = self.id.as_str(),
        );
        // With several recipients the field would give each away to the others.
        if let [recipient] = self.recipients {
            let _ = write!(fields, " for {};\r\n", plain(recipient));
        } else {
            fields.truncate(fields.len() - "\r\n".len());
            fields.push_str(";\r\n");
        }
        let _ = write!(
            fields,
            " {} (UTC)\r\n",
            self.at.strftime("%a, %d %b %Y %H:%M:%S +0000")
        );
        if self.scan {
            let _ = write!(
                fields,
                "X-SES-Spam-Verdict: {}\r\n",
                word(self.findings.spam_verdict)
            );
            let _ = write!(
                fields,
                "X-SES-Virus-Verdict: {}\r\n",
                word(self.findings.virus_verdict)
            );
        }
        let spf = self.spf();
        let _ = write!(fields, "Received-SPF: {spf}\r\n");
        let _ = write!(
            fields,
            "Authentication-Results: amazonses.com;\r\n spf={spf}\r\n"
        );
        for signature in &self.findings.signatures {
            let _ = write!(
                fields,
                " dkim={} header.i={};\r\n",
                signature.result,
                plain(&signature.identity)
            );
        }
        if let Some((result, domain)) = &self.findings.dmarc {
            let _ = write!(fields, " dmarc={result} header.from={};\r\n", plain(domain));
        }
        fields
    }

    fn spf(&self) -> String {
        let peer = self.peer;
        let domain = plain(&self.findings.spf_domain);
        let comment = match self.findings.spf {
            "pass" => format!("domain of {domain} designates {peer} as permitted sender"),
            "fail" => format!("domain of {domain} does not designate {peer} as permitted sender"),
            "softfail" => format!(
                "transitioning domain of {domain} does not designate {peer} as permitted sender"
            ),
            "permerror" => "Error in processing SPF Record".to_owned(),
            "temperror" => "Error in retrieving data from DNS".to_owned(),
            _ => format!("{peer} is neither permitted nor denied by domain of {domain}"),
        };
        let helo = plain(self.helo);
        let from = if self.from.is_empty() {
            format!("postmaster@{helo}")
        } else {
            plain(self.from)
        };
        format!(
            "{} (spfCheck: {comment}) client-ip={peer}; envelope-from={from}; helo={helo};",
            self.findings.spf
        )
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Gray => "GRAY",
        Verdict::ProcessingFailed => "PROCESSING_FAILED",
        Verdict::Disabled => "DISABLED",
    }
}

/// What a client says of itself must not end a comment or begin a result of its own: `helo=x; dmarc=pass`.
fn plain(value: &str) -> String {
    value
        .chars()
        .map(|character| match character {
            ';' | '(' | ')' | '"' | '\\' | ',' => '_',
            other if other.is_whitespace() || other.is_control() => '_',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Signature;
    use expect_test::expect;

    fn findings() -> Findings {
        Findings {
            spf: "pass",
            spf_domain: "alice.test".to_owned(),
            signatures: vec![Signature {
                result: "pass",
                identity: "@alice.test".to_owned(),
            }],
            dmarc: Some(("pass", "alice.test".to_owned())),
            dmarc_policy: None,
            spf_verdict: Verdict::Pass,
            dkim_verdict: Verdict::Pass,
            dmarc_verdict: Verdict::Pass,
            spam_verdict: Verdict::Pass,
            virus_verdict: Verdict::Pass,
        }
    }

    fn fields(from: &str, helo: &str, recipients: &[&str], scan: bool) -> String {
        let recipients: Vec<String> = recipients
            .iter()
            .map(|&recipient| recipient.to_owned())
            .collect();
        Trace {
            id: &MailId::new([7; ID_BYTES]),
            at: "2026-03-01T10:05:00Z".parse().unwrap(),
            peer: IpAddr::from([127, 0, 0, 1]),
            helo,
            from,
            recipients: &recipients,
            scan,
            findings: &findings(),
        }
        .fields()
    }

    #[test]
    fn the_fields_read_as_ses_writes_them() {
        expect![[r#"
            Return-Path: <alice@alice.test>
            Received: from laptop.alice.test (laptop.alice.test [127.0.0.1])
             by inbound-smtp.us-east-1.amazonaws.com with SMTP id 0s3ge1o70s3ge1o70s3ge1o70s3ge1o70s3ge1o7
             for create@acme.invites.example;
             Sun, 01 Mar 2026 10:05:00 +0000 (UTC)
            X-SES-Spam-Verdict: PASS
            X-SES-Virus-Verdict: PASS
            Received-SPF: pass (spfCheck: domain of alice.test designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; envelope-from=alice@alice.test; helo=laptop.alice.test;
            Authentication-Results: amazonses.com;
             spf=pass (spfCheck: domain of alice.test designates 127.0.0.1 as permitted sender) client-ip=127.0.0.1; envelope-from=alice@alice.test; helo=laptop.alice.test;
             dkim=pass header.i=@alice.test;
             dmarc=pass header.from=alice.test;
        "#]]
        .assert_eq(
            &fields("alice@alice.test", "laptop.alice.test", &["create@acme.invites.example"], true)
                .replace("\r\n", "\n"),
        );
    }

    #[test]
    fn several_recipients_are_not_given_away_to_each_other() {
        let fields = fields(
            "a@alice.test",
            "h",
            &["x@acme.invites.example", "y@acme.invites.example"],
            true,
        );
        assert!(!fields.contains("acme.invites.example"), "{fields}");
        assert!(fields.contains("0s3ge1o7;\r\n Sun, 01"), "{fields}");
    }

    #[test]
    fn a_rule_that_does_not_scan_leaves_the_two_verdicts_out() {
        assert!(!fields("a@alice.test", "h", &["x@a.test"], false).contains("Verdict"));
    }

    #[test]
    fn the_null_return_path_is_checked_as_the_postmaster_of_the_client() {
        let fields = fields("", "mx.alice.test", &["x@a.test"], true);
        assert!(fields.starts_with("Return-Path: <>\r\n"));
        assert!(fields.contains("envelope-from=postmaster@mx.alice.test;"));
    }

    #[test]
    fn a_client_cannot_write_a_result_of_its_own() {
        let fields = fields(
            "\"a; dmarc=pass\"@evil.test",
            "h; dmarc=pass (x)",
            &["x@a.test"],
            true,
        );
        assert_eq!(fields.matches("dmarc=pass header.from=").count(), 1);
        assert!(!fields.contains("; dmarc=pass"), "{fields}");
    }
}
