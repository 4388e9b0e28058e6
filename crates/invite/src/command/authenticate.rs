//! Who sent this, as far as it is proven. No DNS here: SES has asked it, its word is in the receipt and in its own
//! Authentication-Results header.

use super::{Policy, Receipt, Verdict};
use crate::{address::Mailbox, mail::Mail};

/// What proves a sender.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Proof {
    /// DMARC passed for From's domain.
    Dmarc,
    /// From's domain has no DMARC record, and a DKIM signature of that domain passed.
    Dkim,
    /// From's domain has no DMARC record, and SPF passed for a return path of that domain.
    Spf,
    /// A calendar service on the tenant's list sent it in the organizer's name, and that service is proven.
    CalendarService,
}

/// A sender who is proven.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    /// Who acts: From, or Reply-To where a calendar service stands in From.
    pub mailbox: Mailbox,
    /// By what.
    pub proof: Proof,
}

/// Who sent a mail, if that is proven. A verdict that failed or is missing is never a pass.
#[must_use]
pub fn sender(mail: &Mail, receipt: &Receipt, policy: &Policy) -> Option<Sender> {
    let from = only_from(mail)?;
    let is_service = |mailbox: &Mailbox| policy.trusted_calendar_senders.contains(&mailbox.address);
    if is_service(from) {
        let proof = proof_of(from.address.domain(), mail, receipt)?;
        return Some(match mail.reply_to.as_ref().filter(|to| !is_service(to)) {
            Some(organizer) => Sender {
                mailbox: organizer.clone(),
                proof: Proof::CalendarService,
            },
            None => Sender {
                mailbox: from.clone(),
                proof,
            },
        });
    }
    let proof = proof_of(from.address.domain(), mail, receipt).or_else(|| {
        let service = mail.sender.as_ref().filter(|sender| is_service(sender))?;
        let proven =
            receipt.dmarc == Verdict::Gray && is_signed_by(service.address.domain(), mail, receipt);
        proven.then_some(Proof::CalendarService)
    })?;
    Some(Sender {
        mailbox: from.clone(),
        proof,
    })
}

/// From, when it is exactly one mailbox in one header and no group.
pub(super) fn only_from(mail: &Mail) -> Option<&Mailbox> {
    match mail.from.as_slice() {
        [from] if mail.from_headers == 1 && mail.from_mailboxes == 1 && !mail.from_is_group => {
            Some(from)
        }
        _ => None,
    }
}

fn proof_of(domain: &str, mail: &Mail, receipt: &Receipt) -> Option<Proof> {
    match receipt.dmarc {
        Verdict::Pass => Some(Proof::Dmarc),
        Verdict::Fail => None,
        Verdict::Gray if is_signed_by(domain, mail, receipt) => Some(Proof::Dkim),
        Verdict::Gray if is_sent_by(domain, mail, receipt) => Some(Proof::Spf),
        Verdict::Gray => None,
    }
}

fn is_signed_by(domain: &str, mail: &Mail, receipt: &Receipt) -> bool {
    receipt.dkim == Verdict::Pass
        && mail
            .authentication_results
            .as_deref()
            .is_some_and(|results| {
                passed_signatures(results).any(|signer| are_aligned(&signer, domain))
            })
}

fn is_sent_by(domain: &str, mail: &Mail, receipt: &Receipt) -> bool {
    let spf_passed_there = || {
        mail.authentication_results
            .as_deref()
            .is_some_and(|results| {
                methods(results).any(|(method, result, _)| method == "spf" && result == "pass")
            })
    };
    receipt.spf == Verdict::Pass
        && spf_passed_there()
        && receipt
            .envelope_from
            .as_ref()
            .is_some_and(|sender| are_aligned(sender.domain(), domain))
}

/// The domains whose DKIM signature passed: `dkim=pass header.i=@b.test`, or `header.d=b.test` (RFC 8601).
fn passed_signatures(results: &str) -> impl Iterator<Item = String> {
    methods(results)
        .filter(|(method, result, _)| method == "dkim" && result == "pass")
        .filter_map(|(_, _, properties)| {
            properties
                .iter()
                .find(|(name, _)| name == "header.d")
                .or_else(|| properties.iter().find(|(name, _)| name == "header.i"))
                .map(|(_, value)| value.rsplit('@').next().unwrap_or_default().to_owned())
        })
}

type Method = (String, String, Vec<(String, String)>);

/// `method=result name=value …` of each clause, lower case, comments gone.
fn methods(results: &str) -> impl Iterator<Item = Method> {
    clauses(results).into_iter().filter_map(|clause| {
        let mut pairs = clause.split_whitespace().filter_map(|word| {
            let (name, value) = word.split_once('=')?;
            Some((
                name.to_ascii_lowercase(),
                value.trim_matches('"').to_ascii_lowercase(),
            ))
        });
        let (method, result) = pairs.next()?;
        Some((method, result, pairs.collect()))
    })
}

/// Splits at semicolons outside of quotes and comments; leaves comments out (RFC 5322 section 3.2.2): both may hold
/// what the sender wrote, such as an envelope address.
fn clauses(results: &str) -> Vec<String> {
    let mut clauses = vec![String::new()];
    let (mut depth, mut quoted) = (0_u32, false);
    let mut chars = results.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' if depth > 0 || quoted => {
                chars.next();
                continue;
            }
            '"' if depth == 0 => {
                quoted = !quoted;
                continue;
            }
            // What stands in quotes is no clause; its blanks and signs must not make one.
            _ if quoted => '_',
            '(' => {
                depth += 1;
                continue;
            }
            ')' if depth > 0 => {
                depth -= 1;
                continue;
            }
            _ if depth > 0 => continue,
            ';' => {
                clauses.push(String::new());
                continue;
            }
            c => c,
        };
        if let Some(clause) = clauses.last_mut() {
            clause.push(c);
        }
    }
    clauses
}

/// Relaxed alignment (RFC 7489 section 3.1): the same registered domain, public suffixes never.
fn are_aligned(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    match (psl::domain_str(&a), psl::domain_str(&b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::Address;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn mailbox(text: &str) -> Mailbox {
        Mailbox {
            address: address(text),
            name: None,
        }
    }

    fn mail_from(from: &str, results: Option<&str>) -> Mail {
        Mail {
            from: vec![mailbox(from)],
            from_headers: 1,
            from_mailboxes: 1,
            authentication_results: results.map(ToOwned::to_owned),
            ..Mail::default()
        }
    }

    fn policy() -> Policy {
        Policy {
            mail_domain: "acme.invites.example".to_owned(),
            trusted_calendar_senders: vec![address("calendar-notification@google.com")],
            shared_calendar_domains: Vec::new(),
        }
    }

    fn receipt(dmarc: Verdict, dkim: Verdict, spf: Verdict) -> Receipt {
        Receipt {
            envelope_from: Some(address("bounces@mail.a.test")),
            dmarc,
            dkim,
            spf,
            ..Receipt::default()
        }
    }

    fn proof(mail: &Mail, receipt: &Receipt) -> Option<Proof> {
        sender(mail, receipt, &policy()).map(|sender| sender.proof)
    }

    const SES: &str = "amazonses.com; spf=pass (spfCheck: domain of a.test designates 10.0.0.1 as \
                       permitted sender) client-ip=10.0.0.1; envelope-from=bounces@mail.a.test; \
                       helo=mx.a.test; dkim=pass header.i=@a.test; dmarc=none header.from=a.test;";

    #[test]
    fn dmarc_decides_where_the_domain_has_a_record() {
        use Verdict::{Fail, Gray, Pass};
        let mail = mail_from("alice@a.test", Some(SES));
        assert_eq!(proof(&mail, &receipt(Pass, Gray, Gray)), Some(Proof::Dmarc));
        assert_eq!(proof(&mail, &receipt(Fail, Pass, Pass)), None);
    }

    #[test]
    fn without_a_record_an_aligned_signature_or_return_path_will_do() {
        use Verdict::{Gray, Pass};
        let mail = mail_from("alice@a.test", Some(SES));
        assert_eq!(proof(&mail, &receipt(Gray, Pass, Gray)), Some(Proof::Dkim));
        assert_eq!(proof(&mail, &receipt(Gray, Gray, Pass)), Some(Proof::Spf));
        assert_eq!(proof(&mail, &receipt(Gray, Gray, Gray)), None);
        let silent = mail_from("alice@a.test", None);
        assert_eq!(proof(&silent, &receipt(Gray, Pass, Pass)), None);
    }

    #[test]
    fn a_signature_or_return_path_of_another_domain_proves_nothing() {
        use Verdict::{Gray, Pass};
        let mail = mail_from("alice@b.test", Some(SES));
        assert_eq!(proof(&mail, &receipt(Gray, Pass, Pass)), None);
        let neighbour = mail_from(
            "alice@alice.github.io",
            Some("amazonses.com; dkim=pass header.i=@mallory.github.io"),
        );
        assert_eq!(proof(&neighbour, &receipt(Gray, Pass, Gray)), None);
    }

    #[test]
    fn what_a_sender_writes_into_comments_and_quotes_is_no_result() {
        use Verdict::{Gray, Pass};
        for results in [
            "amazonses.com; spf=fail (domain of x; dkim=pass header.i=@a.test) smtp.x=y",
            "amazonses.com; spf=pass envelope-from=\"x; dkim=pass header.i=@a.test \"@m.test",
            "amazonses.com; dkim=fail header.i=@a.test; dkim=pass header.i=@m.test",
        ] {
            let mail = mail_from("alice@a.test", Some(results));
            assert_eq!(proof(&mail, &receipt(Gray, Pass, Gray)), None, "{results}");
        }
    }

    #[test]
    fn a_trusted_calendar_service_speaks_for_the_organizer_in_reply_to() {
        use Verdict::{Gray, Pass};
        let mut mail = mail_from("calendar-notification@google.com", None);
        mail.reply_to = Some(mailbox("alice@a.test"));
        let proven = sender(&mail, &receipt(Pass, Pass, Pass), &policy()).unwrap();
        assert_eq!(proven.mailbox.address, address("alice@a.test"));
        assert_eq!(proven.proof, Proof::CalendarService);
        assert_eq!(proof(&mail, &receipt(Gray, Gray, Gray)), None);
        let stranger = Policy::default();
        let proven = sender(&mail, &receipt(Pass, Pass, Pass), &stranger).unwrap();
        assert_eq!(
            proven.mailbox.address,
            address("calendar-notification@google.com")
        );
    }

    #[test]
    fn a_trusted_calendar_service_in_sender_must_have_signed() {
        use Verdict::{Fail, Gray, Pass};
        let signed = "amazonses.com; dkim=pass header.i=@google.com";
        let mut mail = mail_from("alice@a.test", Some(signed));
        mail.sender = Some(mailbox("calendar-notification@google.com"));
        assert_eq!(
            proof(&mail, &receipt(Gray, Pass, Gray)),
            Some(Proof::CalendarService)
        );
        assert_eq!(proof(&mail, &receipt(Gray, Gray, Gray)), None);
        assert_eq!(proof(&mail, &receipt(Fail, Pass, Pass)), None);
        mail.authentication_results = Some("amazonses.com; dkim=pass header.i=@m.test".to_owned());
        assert_eq!(proof(&mail, &receipt(Gray, Pass, Gray)), None);
    }

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Pass),
            Just(Verdict::Fail),
            Just(Verdict::Gray)
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_proven_without_a_pass(
            dmarc in verdict(), dkim in verdict(), spf in verdict(),
            results in proptest::option::of(prop_oneof![Just(SES.to_owned()), ".{0,80}"]),
            from in prop_oneof![Just("alice@a.test"), Just("bob@b.test"), Just("calendar-notification@google.com")],
            with_sender: bool, with_reply_to: bool,
        ) {
            let mut mail = mail_from(from, results.as_deref());
            if with_sender { mail.sender = Some(mailbox("calendar-notification@google.com")); }
            if with_reply_to { mail.reply_to = Some(mailbox("mallory@m.test")); }
            let receipt = receipt(dmarc, dkim, spf);
            if proof(&mail, &receipt).is_some() {
                prop_assert_ne!(dmarc, Verdict::Fail);
                prop_assert!([dmarc, dkim, spf].contains(&Verdict::Pass));
                if dmarc != Verdict::Pass {
                    prop_assert!(mail.authentication_results.is_some());
                }
            }
        }

        #[test]
        fn nobody_is_proven_with_any_other_number_of_froms(
            headers in 0_usize..4, mailboxes in 0_usize..4, group: bool,
        ) {
            let mut mail = mail_from("alice@a.test", Some(SES));
            mail.from_headers = headers;
            mail.from_mailboxes = mailboxes;
            mail.from_is_group = group;
            let all_passed = receipt(Verdict::Pass, Verdict::Pass, Verdict::Pass);
            prop_assert_eq!(
                proof(&mail, &all_passed).is_some(),
                headers == 1 && mailboxes == 1 && !group
            );
        }

        #[test]
        fn any_authentication_results_are_read_without_a_panic(results in ".{0,200}") {
            let _ = methods(&results).count();
        }
    }
}
