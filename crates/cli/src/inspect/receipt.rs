//! A stored mail has no receipt any more; its headers say most of what SES said.

use invite::{
    address::Address,
    command::{Policy, Receipt, Verdict},
    mail::Mail,
};
use serde::Serialize;

/// The mailbox of the server the mail is taken to have come to.
#[derive(Serialize)]
pub(crate) struct Mailbox {
    pub(crate) address: String,
    /// None of To and Cc is a mailbox of the server, so `create@` is assumed.
    pub(crate) assumed: bool,
}

/// The receipt SES would have written, as far as the mail shows it.
pub(crate) fn of(mail: &Mail, policy: &Policy, trust_sender: bool) -> (Receipt, Mailbox) {
    let results = mail.authentication_results.as_deref().unwrap_or_default();
    let ours: Vec<_> = mail
        .recipients
        .iter()
        .filter(|recipient| recipient.domain() == policy.mail_domain)
        .cloned()
        .collect();
    let assumed = ours.is_empty();
    let create = || Address::parse(&format!("create@{}", policy.mail_domain));
    let recipients = if assumed {
        create().into_iter().collect()
    } else {
        ours
    };
    let mailbox = Mailbox {
        address: recipients
            .first()
            .map(|address| address.as_str().to_owned())
            .unwrap_or_default(),
        assumed,
    };
    let receipt = Receipt {
        mail_id: String::new(),
        recipients,
        envelope_from: envelope_from(mail),
        arrived: mail.date.unwrap_or_default(),
        spam: ses_verdict(mail.ses_verdicts.0.as_deref()),
        virus: ses_verdict(mail.ses_verdicts.1.as_deref()),
        spf: result_of(results, "spf"),
        dkim: result_of(results, "dkim"),
        dmarc: if trust_sender {
            Verdict::Pass
        } else {
            result_of(results, "dmarc")
        },
    };
    (receipt, mailbox)
}

/// Return-Path, or From where the mail was stored without one: then nothing says it was automatic.
fn envelope_from(mail: &Mail) -> Option<Address> {
    mail.return_path
        .clone()
        .unwrap_or_else(|| mail.from.first().map(|from| from.address.clone()))
}

fn ses_verdict(word: Option<&str>) -> Verdict {
    match word {
        Some("pass") => Verdict::Pass,
        Some("fail") => Verdict::Fail,
        _ => Verdict::Gray,
    }
}

/// A pass anywhere wins for DKIM, as in SES's own verdict.
fn result_of(results: &str, method: &str) -> Verdict {
    let all: Vec<_> = results
        .split([';', ' '])
        .filter_map(|word| word.trim().split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case(method))
        .map(|(_, result)| result.to_ascii_lowercase())
        .collect();
    if all.iter().any(|result| result == "pass") {
        Verdict::Pass
    } else if all.iter().any(|result| result == "fail") {
        Verdict::Fail
    } else {
        Verdict::Gray
    }
}
