use std::net::IpAddr;

use local_ses::resolver::authenticator;
use local_ses::verdict::{Findings, Handover, Verdict, examine};
use local_ses::zone::{Unnamed, Zone};

const HONEST: &str = "127.0.0.1";
const FORGER: &str = "127.0.0.66";
const SIGNED: &[u8] = include_bytes!("signed.eml");

async fn findings(peer: &str, from: &str, mail: &[u8]) -> Findings {
    let zone = Zone::parse(include_str!("../../zone.txt"), Unnamed::TrustLocal).unwrap();
    let authenticator = authenticator(zone).await.unwrap();
    let peer: IpAddr = peer.parse().unwrap();
    examine(
        &authenticator,
        Handover {
            peer,
            helo: "client.test",
            from,
        },
        mail,
    )
    .await
}

fn from(address: &str) -> Vec<u8> {
    format!("From: Somebody <{address}>\r\nTo: x@a.test\r\n\r\nHello\r\n").into_bytes()
}

/// SPF, DKIM and DMARC.
fn three(findings: &Findings) -> [Verdict; 3] {
    [
        findings.spf_verdict,
        findings.dkim_verdict,
        findings.dmarc_verdict,
    ]
}

#[tokio::test]
async fn honest_mail_of_this_machine_passes() {
    let found = findings(HONEST, "alice@alice.test", &from("alice@alice.test")).await;
    assert_eq!(three(&found), [Verdict::Pass, Verdict::Gray, Verdict::Pass]);
    assert_eq!(found.dmarc, Some(("pass", "alice.test".to_owned())));
    assert_eq!(found.dmarc_policy, None);
    assert_eq!(
        [found.spam_verdict, found.virus_verdict],
        [Verdict::Pass; 2]
    );
}

#[tokio::test]
async fn the_same_mail_from_another_address_is_a_forgery() {
    let found = findings(FORGER, "alice@alice.test", &from("alice@alice.test")).await;
    assert_eq!(three(&found), [Verdict::Fail, Verdict::Gray, Verdict::Fail]);
    assert_eq!(found.dmarc_policy, Some("reject"));
}

#[tokio::test]
async fn a_return_path_of_ones_own_does_not_prove_the_from_of_another() {
    let found = findings(HONEST, "mallory@mallory.test", &from("alice@alice.test")).await;
    assert_eq!(three(&found), [Verdict::Pass, Verdict::Gray, Verdict::Fail]);
}

#[tokio::test]
async fn a_return_path_below_the_domain_is_aligned() {
    let found = findings(HONEST, "b@bounces.alice.test", &from("alice@alice.test")).await;
    assert_eq!(found.dmarc_verdict, Verdict::Pass);
    let strict = findings(HONEST, "b@bounces.strict.test", &from("alice@strict.test")).await;
    assert_eq!(
        (strict.dmarc_verdict, strict.dmarc_policy),
        (Verdict::Fail, Some("quarantine"))
    );
}

#[tokio::test]
async fn the_null_return_path_is_checked_by_the_clients_name() {
    let found = findings(HONEST, "", &from("mailer-daemon@client.test")).await;
    assert_eq!(three(&found), [Verdict::Pass, Verdict::Gray, Verdict::Pass]);
    let found = findings(FORGER, "", &from("mailer-daemon@client.test")).await;
    assert_eq!(three(&found), [Verdict::Fail, Verdict::Gray, Verdict::Fail]);
}

#[tokio::test]
async fn a_signature_of_another_implementation_passes_from_anywhere() {
    let found = findings(FORGER, "olga@signed.test", SIGNED).await;
    assert_eq!(three(&found), [Verdict::Fail, Verdict::Pass, Verdict::Pass]);
    assert_eq!(found.signatures.len(), 1);
    assert_eq!(
        (
            found.signatures[0].result,
            found.signatures[0].identity.as_str()
        ),
        ("pass", "@signed.test")
    );
}

#[tokio::test]
async fn a_signature_does_not_cover_a_mail_that_was_changed() {
    let changed = String::from_utf8(SIGNED.to_vec())
        .unwrap()
        .replace("last line", "lost line");
    let found = findings(HONEST, "olga@signed.test", changed.as_bytes()).await;
    assert_eq!(three(&found), [Verdict::Fail, Verdict::Fail, Verdict::Fail]);
}

#[tokio::test]
async fn a_signature_without_a_key_in_the_zone_fails() {
    let elsewhere = String::from_utf8(SIGNED.to_vec())
        .unwrap()
        .replace("signed.test", "alice.test");
    let found = findings(FORGER, "olga@alice.test", elsewhere.as_bytes()).await;
    assert_eq!(three(&found), [Verdict::Fail, Verdict::Fail, Verdict::Fail]);
}

#[tokio::test]
async fn a_domain_without_a_policy_is_neither_proven_nor_refused() {
    let found = findings(FORGER, "a@no-dmarc.test", &from("a@no-dmarc.test")).await;
    assert_eq!(three(&found), [Verdict::Gray; 3]);
    assert_eq!(
        (found.spf, found.dmarc.as_ref().unwrap().0),
        ("neutral", "none")
    );
    let found = findings(HONEST, "a@silent.test", &from("a@silent.test")).await;
    assert_eq!((found.spf, found.spf_verdict), ("none", Verdict::Gray));
}

#[tokio::test]
async fn two_froms_of_two_domains_prove_nothing() {
    let mail = b"From: a@alice.test, b@bob.test\r\n\r\nx\r\n";
    let found = findings(HONEST, "a@alice.test", mail).await;
    assert_eq!((found.dmarc, found.dmarc_verdict), (None, Verdict::Gray));
}

#[tokio::test]
async fn the_strings_everybody_tests_with_are_spam_and_virus_also_when_encoded() {
    let gtube = [
        "XJS*C4JDBQADN1.NSBN3*2IDNEN*",
        "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X",
    ]
    .concat();
    let mail = [from("a@alice.test"), gtube.into_bytes()].concat();
    let found = findings(HONEST, "a@alice.test", &mail).await;
    assert_eq!(
        [found.spam_verdict, found.virus_verdict],
        [Verdict::Fail, Verdict::Pass]
    );

    let eicar = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat();
    let encoded = data_encoding::BASE64.encode(eicar.as_bytes());
    let mail = format!(
        "From: a@alice.test\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
    );
    let found = findings(HONEST, "a@alice.test", mail.as_bytes()).await;
    assert_eq!(
        [found.spam_verdict, found.virus_verdict],
        [Verdict::Pass, Verdict::Fail]
    );
}

#[tokio::test]
async fn bytes_that_are_no_mail_are_examined_all_the_same() {
    for bytes in [b"".as_slice(), b"\r\n", b"\xff\xfe\x00", b"From", b":\r\n"] {
        let found = findings(HONEST, "a@alice.test", bytes).await;
        assert_eq!(
            (found.spf_verdict, found.dmarc_verdict),
            (Verdict::Pass, Verdict::Gray),
            "{bytes:?}"
        );
    }
}
