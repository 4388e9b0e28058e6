//! What SES thinks of a mail: SPF, DKIM and DMARC by the library against the zone, spam and virus by the two strings
//! everybody tests with.

use std::net::IpAddr;

use mail_auth::dmarc::Policy;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcOutput, DmarcResult, MessageAuthenticator,
    SpfResult,
};
use mail_parser::MessageParser;
use serde::Serialize;

use crate::INBOUND_HOST;

/// A check's outcome in SES's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The check was passed.
    Pass,
    /// The check failed.
    Fail,
    /// There was nothing to check, or what was there says neither yes nor no.
    Gray,
    /// The check could not be made.
    ProcessingFailed,
    /// The rule does not ask for the check.
    Disabled,
}

/// One DKIM signature, as the Authentication-Results name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `pass`, `fail`, `permerror`, `temperror` or `neutral`.
    pub result: &'static str,
    /// `i=` of the signature, or `@` and its `d=`.
    pub identity: String,
}

/// All that was found out about one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The result of SPF in its RFC's word.
    pub spf: &'static str,
    /// The domain SPF was asked about.
    pub spf_domain: String,
    /// The signatures, in the order of the header.
    pub signatures: Vec<Signature>,
    /// The result of DMARC in its RFC's word; nothing when From names no single domain.
    pub dmarc: Option<(&'static str, String)>,
    /// The policy of From's domain, when DMARC did not pass and there is one.
    pub dmarc_policy: Option<&'static str>,
    /// Whether SPF passed.
    pub spf_verdict: Verdict,
    /// Whether a signature is good.
    pub dkim_verdict: Verdict,
    /// Whether From is proven.
    pub dmarc_verdict: Verdict,
    /// Whether it is spam.
    pub spam_verdict: Verdict,
    /// Whether it carries a virus.
    pub virus_verdict: Verdict,
}

/// Who handed the mail over, and as whom.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The client's address.
    pub peer: IpAddr,
    /// What it called itself.
    pub helo: &'a str,
    /// The envelope sender; empty for the null return path.
    pub from: &'a str,
}

/// The two test strings, known to every filter. They are put together at run time lest this program be taken for mail
/// of the kind.
const GTUBE: [&str; 2] = [
    "XJS*C4JDBQADN1.NSBN3*2IDNEN*",
    "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X",
];
const EICAR: [&str; 2] = [
    r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
    "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
];

/// Checks `raw` as handed over.
pub async fn examine(
    authenticator: &MessageAuthenticator,
    handover: Handover<'_>,
    raw: &[u8],
) -> Findings {
    let Handover { peer, helo, from } = handover;
    let parameters = if from.is_empty() {
        SpfParameters::verify_ehlo(peer, helo, INBOUND_HOST)
    } else {
        SpfParameters::verify_mail_from(peer, helo, INBOUND_HOST, from)
    };
    let spf = authenticator.verify_spf(parameters).await;
    let message = AuthenticatedMessage::parse(raw).unwrap_or_default();
    let dkim = authenticator.verify_dkim(&message).await;
    let return_domain = from.rsplit_once('@').map_or(helo, |(_, domain)| domain);
    let dmarc = authenticator
        .verify_dmarc(DmarcParameters::new(&message, &dkim, return_domain, &spf))
        .await;
    let (dmarc_word, dmarc_verdict, dmarc_policy) = dmarc_words(&dmarc);
    Findings {
        spf: spf_word(spf.result()),
        spf_domain: return_domain.to_owned(),
        signatures: dkim.iter().filter_map(signature).collect(),
        dmarc: (!dmarc.domain().is_empty()).then(|| (dmarc_word, dmarc.domain().to_owned())),
        dmarc_policy,
        spf_verdict: spf_verdict(spf.result()),
        dkim_verdict: dkim_verdict(&dkim),
        dmarc_verdict,
        spam_verdict: fails_if(contains(raw, &GTUBE.concat())),
        virus_verdict: fails_if(is_infected(raw)),
    }
}

/// Whether a mail holds what every scanner takes for a virus.
pub(crate) fn is_infected(raw: &[u8]) -> bool {
    contains(raw, &EICAR.concat())
}

fn spf_word(result: SpfResult) -> &'static str {
    match result {
        SpfResult::Pass => "pass",
        SpfResult::Fail => "fail",
        SpfResult::SoftFail => "softfail",
        SpfResult::Neutral => "neutral",
        SpfResult::TempError => "temperror",
        SpfResult::PermError => "permerror",
        SpfResult::None => "none",
    }
}

fn spf_verdict(result: SpfResult) -> Verdict {
    match result {
        SpfResult::Pass => Verdict::Pass,
        SpfResult::Fail | SpfResult::PermError => Verdict::Fail,
        SpfResult::SoftFail | SpfResult::Neutral | SpfResult::None => Verdict::Gray,
        SpfResult::TempError => Verdict::ProcessingFailed,
    }
}

/// One good signature is enough; a mail without any is gray, not failed.
fn dkim_verdict(outputs: &[DkimOutput<'_>]) -> Verdict {
    let mut verdict = Verdict::Gray;
    for output in outputs {
        match output.result() {
            DkimResult::Pass => return Verdict::Pass,
            DkimResult::None => {}
            DkimResult::TempError(_) if verdict == Verdict::Gray => {
                verdict = Verdict::ProcessingFailed
            }
            DkimResult::TempError(_) => {}
            DkimResult::Neutral(_) | DkimResult::Fail(_) | DkimResult::PermError(_) => {
                verdict = Verdict::Fail
            }
        }
    }
    verdict
}

fn signature(output: &DkimOutput<'_>) -> Option<Signature> {
    let result = match output.result() {
        DkimResult::Pass => "pass",
        DkimResult::Neutral(_) => "neutral",
        DkimResult::Fail(_) => "fail",
        DkimResult::PermError(_) => "permerror",
        DkimResult::TempError(_) => "temperror",
        DkimResult::None => return None,
    };
    let identity =
        output
            .signature()
            .map_or_else(String::new, |signature| match signature.i.as_str() {
                "" => format!("@{}", signature.d),
                identity => identity.to_owned(),
            });
    Some(Signature { result, identity })
}

/// The word for the header, the verdict, and the policy that was not met.
fn dmarc_words(output: &DmarcOutput) -> (&'static str, Verdict, Option<&'static str>) {
    let results = [output.spf_result(), output.dkim_result()];
    if results.contains(&&DmarcResult::Pass) {
        return ("pass", Verdict::Pass, None);
    }
    if results
        .iter()
        .any(|result| matches!(result, DmarcResult::TempError(_)))
    {
        return ("temperror", Verdict::ProcessingFailed, None);
    }
    if results
        .iter()
        .any(|result| matches!(result, DmarcResult::PermError(_)))
    {
        return ("permerror", Verdict::Gray, None);
    }
    match (output.dmarc_record(), output.policy()) {
        (None, _) => ("none", Verdict::Gray, None),
        (Some(_), Policy::None | Policy::Unspecified) => ("fail", Verdict::Gray, Some("none")),
        (Some(_), Policy::Quarantine) => ("fail", Verdict::Fail, Some("quarantine")),
        (Some(_), Policy::Reject) => ("fail", Verdict::Fail, Some("reject")),
    }
}

fn fails_if(found: bool) -> Verdict {
    if found { Verdict::Fail } else { Verdict::Pass }
}

/// Whether the mail holds `needle` as it stands or inside an encoded part.
fn contains(raw: &[u8], needle: &str) -> bool {
    let holds = |bytes: &[u8]| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
    holds(raw)
        || MessageParser::default()
            .parse(raw)
            .is_some_and(|message| message.parts.iter().any(|part| holds(part.contents())))
}
