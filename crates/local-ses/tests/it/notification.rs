use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use expect_test::expect;
use local_ses::notification::{Notification, Stored};
use local_ses::rules::Store;
use local_ses::trace::{ID_BYTES, MailId, Trace};
use local_ses::verdict::{Findings, Signature, Verdict};
use serde_json::Value;

/// What would be published for a mail that failed DMARC.
fn notification(mail: &str, scan: bool) -> Value {
    let id = MailId::new([7; ID_BYTES]);
    let at = "2026-03-01T10:05:00.123456Z".parse().unwrap();
    let findings = Findings {
        spf: "fail",
        spf_domain: "alice.test".to_owned(),
        signatures: vec![Signature {
            result: "pass",
            identity: "@mallory.test".to_owned(),
        }],
        dmarc: Some(("fail", "alice.test".to_owned())),
        dmarc_policy: Some("reject"),
        spf_verdict: Verdict::Fail,
        dkim_verdict: Verdict::Pass,
        dmarc_verdict: Verdict::Fail,
        spam_verdict: Verdict::Pass,
        virus_verdict: Verdict::Pass,
    };
    let destination = [
        "create@acme.invites.example".to_owned(),
        "else@b.test".to_owned(),
    ];
    let recipients = &destination[..1];
    let peer = IpAddr::from([127, 0, 0, 66]);
    let from = "alice@alice.test";
    let trace = Trace {
        id: &id,
        at,
        peer,
        helo: "h.test",
        from,
        recipients,
        scan,
        findings: &findings,
    };
    let raw = [trace.fields(), mail.to_owned()].concat();
    let store = Store {
        bucket: "inbox".to_owned(),
        key_prefix: "mail/".to_owned(),
        topic: Some("arn:aws:sns:us-east-1:000000000000:received".to_owned()),
    };
    serde_json::to_value(Notification::new(&Stored {
        id: &id,
        at,
        took_millis: 12,
        from,
        destination: &destination,
        recipients,
        scan,
        findings: &findings,
        store: &store,
        raw: raw.as_bytes(),
    }))
    .unwrap()
}

const MAIL: &str = "From: \"Ng, Alice\" <alice@alice.test>\r\nTo: create@acme.invites.example\r\nCc: c@c.test,\r\n d@d.test\r\n\
    Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Sun, 1 Mar 2026 10:04:59 +0000\r\nMessage-ID: <1@alice.test>\r\n\r\nHi\r\n";

#[test]
fn the_notification_has_the_documented_shape() {
    let text = serde_json::to_string_pretty(&notification(MAIL, true)).unwrap();
    expect![[r#"
        {
          "mail": {
            "commonHeaders": {
              "cc": [
                "c@c.test",
                "d@d.test"
              ],
              "date": "Sun, 1 Mar 2026 10:04:59 +0000",
              "from": [
                "\"Ng, Alice\" <alice@alice.test>"
              ],
              "messageId": "<1@alice.test>",
              "returnPath": "alice@alice.test",
              "subject": "Grüße",
              "to": [
                "create@acme.invites.example"
              ]
            },
            "destination": [
              "create@acme.invites.example",
              "else@b.test"
            ],
            "headers": [
              {
                "name": "Return-Path",
                "value": "<alice@alice.test>"
              },
              {
                "name": "Received",
                "value": "from h.test (h.test [127.0.0.66]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id 0s3ge1o70s3ge1o70s3ge1o70s3ge1o70s3ge1o7 for create@acme.invites.example; Sun, 01 Mar 2026 10:05:00 +0000 (UTC)"
              },
              {
                "name": "X-SES-Spam-Verdict",
                "value": "PASS"
              },
              {
                "name": "X-SES-Virus-Verdict",
                "value": "PASS"
              },
              {
                "name": "Received-SPF",
                "value": "fail (spfCheck: domain of alice.test does not designate 127.0.0.66 as permitted sender) client-ip=127.0.0.66; envelope-from=alice@alice.test; helo=h.test;"
              },
              {
                "name": "Authentication-Results",
                "value": "amazonses.com; spf=fail (spfCheck: domain of alice.test does not designate 127.0.0.66 as permitted sender) client-ip=127.0.0.66; envelope-from=alice@alice.test; helo=h.test; dkim=pass header.i=@mallory.test; dmarc=fail header.from=alice.test;"
              },
              {
                "name": "From",
                "value": "\"Ng, Alice\" <alice@alice.test>"
              },
              {
                "name": "To",
                "value": "create@acme.invites.example"
              },
              {
                "name": "Cc",
                "value": "c@c.test, d@d.test"
              },
              {
                "name": "Subject",
                "value": "=?utf-8?q?Gr=C3=BC=C3=9Fe?="
              },
              {
                "name": "Date",
                "value": "Sun, 1 Mar 2026 10:04:59 +0000"
              },
              {
                "name": "Message-ID",
                "value": "<1@alice.test>"
              }
            ],
            "headersTruncated": false,
            "messageId": "0s3ge1o70s3ge1o70s3ge1o70s3ge1o70s3ge1o7",
            "source": "alice@alice.test",
            "timestamp": "2026-03-01T10:05:00.123Z"
          },
          "notificationType": "Received",
          "receipt": {
            "action": {
              "bucketName": "inbox",
              "objectKey": "mail/0s3ge1o70s3ge1o70s3ge1o70s3ge1o70s3ge1o7",
              "objectKeyPrefix": "mail/",
              "topicArn": "arn:aws:sns:us-east-1:000000000000:received",
              "type": "S3"
            },
            "dkimVerdict": {
              "status": "PASS"
            },
            "dmarcPolicy": "reject",
            "dmarcVerdict": {
              "status": "FAIL"
            },
            "processingTimeMillis": 12,
            "recipients": [
              "create@acme.invites.example"
            ],
            "spamVerdict": {
              "status": "PASS"
            },
            "spfVerdict": {
              "status": "FAIL"
            },
            "timestamp": "2026-03-01T10:05:00.123Z",
            "virusVerdict": {
              "status": "PASS"
            }
          }
        }"#]].assert_eq(&text);
}

const EXAMPLE: &str =
    "awslabs+aws-lambda-rust-runtime/lambda-events/src/fixtures/example-ses-s3-event.json";

/// Every key of an object and of the objects in it, as paths.
fn keys(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    if let Value::Object(object) = value {
        for (key, value) in object {
            let path = format!("{path}.{key}");
            keys(value, &path, into);
            into.insert(path);
        }
    }
}

#[test]
fn its_keys_are_those_of_the_example_aws_publishes() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/corpus").join(EXAMPLE));
    let Some(example) = beside.map(std::fs::read_to_string).find_map(Result::ok) else {
        println!("skipped: the corpus is not beside the checkout");
        return;
    };
    let example: Value = serde_json::from_str(&example).unwrap();
    let example = &example["Records"][0]["ses"];
    let ours = notification(MAIL, true);
    for part in ["receipt", "mail"] {
        let (mut theirs, mut mine) = (BTreeSet::new(), BTreeSet::new());
        keys(&example[part], part, &mut theirs);
        keys(&ours[part], part, &mut mine);
        // The example's mail has no Cc, and its rule no prefix.
        mine.remove("mail.commonHeaders.cc");
        mine.remove("receipt.action.objectKeyPrefix");
        assert_eq!(mine, theirs);
    }
}

#[test]
fn a_long_header_is_cut_and_said_to_be() {
    let long = format!("X-Long: {}\r\n{MAIL}", "x".repeat(11_000));
    let cut = notification(&long, true);
    assert_eq!(cut["mail"]["headersTruncated"], true);
    assert_eq!(cut["mail"]["commonHeaders"]["messageId"], "<1@alice.test>");
    assert_eq!(notification(MAIL, true)["mail"]["headersTruncated"], false);
}

#[test]
fn a_rule_that_does_not_scan_says_so() {
    let receipt = &notification(MAIL, false)["receipt"];
    assert_eq!(receipt["spamVerdict"]["status"], "DISABLED");
    assert_eq!(receipt["virusVerdict"]["status"], "DISABLED");
}

#[test]
fn bytes_that_are_no_mail_are_told_of_all_the_same() {
    let told = notification("", true);
    assert_eq!(told["mail"]["headers"][0]["name"], "Return-Path");
    assert_eq!(
        told["mail"]["commonHeaders"]["returnPath"],
        "alice@alice.test"
    );
}
