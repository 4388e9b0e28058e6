use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use cloud::clock;
use local_ses::events::Event;
use local_ses::faults::{FaultOptions, Faults};
use local_ses::front::Front;
use local_ses::mailbox::Mailbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::counter::Counter;

/// What the cloud was asked: method and path, header, body.
type Asked = Arc<Mutex<Vec<(String, String, Bytes)>>>;

/// A cloud of one answer, that remembers what it was asked.
async fn cloud_that_says(status: StatusCode, answer: &'static str) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let remember = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| async move {
        let line = format!("{} {}", request.method(), request.uri());
        let headers = format!("{:?}", request.headers());
        let body = to_bytes(request.into_body(), usize::MAX).await.unwrap();
        remember.lock().unwrap().push((line, headers, body));
        (status, [("x-amzn-requestid", "r-1")], answer)
    });
    (open(router).await, asked)
}

async fn open(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn front(cloud: SocketAddr, mailbox: SocketAddr, rate: Option<u32>) -> SocketAddr {
    front_that_tells(cloud, mailbox, rate).await.0
}

/// A front, and what it tells of the mail.
async fn front_that_tells(
    cloud: SocketAddr,
    mailbox: SocketAddr,
    rate: Option<u32>,
) -> (SocketAddr, UnboundedReceiver<Event>) {
    faulty_front(cloud, mailbox, rate, FaultOptions::default()).await
}

async fn faulty_front(
    cloud: SocketAddr,
    mailbox: SocketAddr,
    rate: Option<u32>,
    faults: FaultOptions,
) -> (SocketAddr, UnboundedReceiver<Event>) {
    let cloud = format!("http://{cloud}").parse().unwrap();
    let mailbox = Mailbox::new("127.0.0.1", mailbox.port());
    let (happened, events) = unbounded_channel();
    let rate = rate.and_then(NonZeroU32::new);
    let front = Front::new(
        cloud,
        mailbox,
        rate,
        Faults::new(faults),
        happened,
        clock::now,
    )
    .unwrap();
    (open(front.router()).await, events)
}

/// Says `request` with `body` and gives the whole answer.
async fn ask(front: SocketAddr, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(front).await.unwrap();
    let text = format!(
        "{request} HTTP/1.1\r\nHost: ses.signed.test\r\nAuthorization: AWS4-HMAC-SHA256 Credential=k\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

const SEND: &str = "POST /v2/email/outbound-emails";
const ACCEPTED: &str = r#"{"MessageId":"0100-1@email.amazonses.com"}"#;

const MAIL: &[u8] = b"From: n@acme.test\r\nMessage-ID: <own@acme.test>\r\n\r\n.dot \xff\r\n";

fn send_to(address: &str) -> String {
    send(MAIL, address, "")
}

fn send(mail: &[u8], address: &str, more: &str) -> String {
    let mail = data_encoding::BASE64.encode(mail);
    format!(
        r#"{{"Destination":{{"ToAddresses":["{address}"]}},{more}"Content":{{"Raw":{{"Data":"{mail}"}}}}}}"#
    )
}

const UNDER_A_SET: &str = r#""FromEmailAddress":"n@acme.test","ConfigurationSetName":"set",
    "EmailTags":[{"Name":"event","Value":"u-1"}],"#;

/// The kinds of events there are so far, in their order.
fn kinds(events: &mut UnboundedReceiver<Event>) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    while let Ok(event) = events.try_recv() {
        assert_eq!(event.configuration_set, "set");
        assert_eq!(event.message["mail"]["tags"]["event"][0], "u-1");
        kinds.push(event.kind);
    }
    kinds
}

#[tokio::test]
async fn a_mail_the_cloud_accepts_reaches_it_unchanged_and_then_the_mailbox() {
    let (cloud, asked) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mut mailbox = Counter::open().await;
    let front = front(cloud, mailbox.address, None).await;

    let answer = ask(front, SEND, &send_to("bob@a.test")).await;

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with(ACCEPTED), "{answer}");
    let asked = asked.lock().unwrap().remove(0);
    assert_eq!(asked.0, "POST /v2/email/outbound-emails");
    assert!(
        asked.1.contains("ses.signed.test") && asked.1.contains("AWS4-HMAC-SHA256 Credential=k"),
        "{}",
        asked.1
    );
    assert_eq!(asked.2, send_to("bob@a.test"));
    let mail = mailbox.mail().await;
    assert_eq!(
        (mail.from.as_str(), mail.recipients.as_slice()),
        ("0100-1@amazonses.com", ["bob@a.test".to_owned()].as_slice())
    );
    assert!(
        mail.raw
            .starts_with(b"Message-ID: <0100-1@email.amazonses.com>\r\n")
    );
    assert!(
        mail.raw
            .ends_with(b"From: n@acme.test\r\n\r\n.dot \xff\r\n")
    );
}

#[tokio::test]
async fn what_the_cloud_refuses_is_refused_in_its_words_and_nobody_gets_it() {
    let refusal = r#"{"message":"not authorized"}"#;
    let (cloud, _) = cloud_that_says(StatusCode::FORBIDDEN, refusal).await;
    let mut mailbox = Counter::open().await;
    let front = front(cloud, mailbox.address, None).await;

    let answer = ask(front, SEND, &send_to("bob@a.test")).await;

    assert!(
        answer.starts_with("HTTP/1.1 403 ") && answer.contains("x-amzn-requestid: r-1"),
        "{answer}"
    );
    assert!(answer.ends_with(refusal), "{answer}");
    assert!(mailbox.is_empty());
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_an_error_of_ses_which_callers_try_again() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let answer = ask(
        front(cloud, nobody, None).await,
        SEND,
        &send_to("bob@a.test"),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(
        answer.contains("x-amzn-errortype: InternalServiceErrorException"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_becomes_of_a_mail_is_told_after_it_was_taken() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mut mailbox = Counter::open().await;
    let (front, mut events) = front_that_tells(cloud, mailbox.address, None).await;
    for (address, expected) in [
        ("bob@a.test", &["SEND", "DELIVERY"][..]),
        ("bob@not-a.test", &["SEND", "BOUNCE"]),
        ("later@a.test", &["SEND", "DELIVERY_DELAY", "BOUNCE"]),
        (
            "complaint@simulator.amazonses.com",
            &["SEND", "DELIVERY", "COMPLAINT"],
        ),
    ] {
        let answer = ask(front, SEND, &send(MAIL, address, UNDER_A_SET)).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{address} {answer}");
        assert_eq!(kinds(&mut events), expected, "{address}");
    }
    assert_eq!(mailbox.mail().await.recipients, ["bob@a.test"]);
    assert!(mailbox.is_empty(), "the simulator's mail goes nowhere");
}

#[tokio::test]
async fn a_mail_with_a_virus_is_taken_and_not_sent() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mut mailbox = Counter::open().await;
    let (front, mut events) = front_that_tells(cloud, mailbox.address, None).await;
    let virus = [
        br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-".as_slice(),
        b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat();
    let answer = ask(front, SEND, &send(&virus, "bob@a.test", UNDER_A_SET)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(kinds(&mut events), ["SEND", "REJECT"]);
    assert!(mailbox.is_empty());
}

#[tokio::test]
async fn nobody_is_told_of_a_mail_under_no_configuration_set() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mailbox = Counter::open().await;
    let (front, mut events) = front_that_tells(cloud, mailbox.address, None).await;
    ask(front, SEND, &send_to("bob@a.test")).await;
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn over_the_rate_is_refused_as_ses_does_before_the_cloud_is_asked() {
    let (cloud, asked) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mailbox = Counter::open().await;
    let front = front(cloud, mailbox.address, Some(1)).await;

    let first = ask(front, SEND, &send_to("bob@a.test")).await;
    let second = ask(front, SEND, &send_to("bob@a.test")).await;

    assert!(first.starts_with("HTTP/1.1 200 "), "{first}");
    assert!(
        second.starts_with("HTTP/1.1 429 ") && second.contains("TooManyRequestsException"),
        "{second}"
    );
    assert!(
        second.ends_with(r#"{"message":"Maximum sending rate exceeded."}"#),
        "{second}"
    );
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_throttled_mail_never_reaches_the_cloud_and_one_whose_answer_is_lost_reaches_everybody() {
    let (cloud, asked) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mut mailbox = Counter::open().await;
    for (throttle_share, lose_answer_share, status) in [(1.0, 0.0, "429"), (0.0, 1.0, "500")] {
        let faults = FaultOptions {
            throttle_share,
            lose_answer_share,
            ..FaultOptions::default()
        };
        let (front, _) = faulty_front(cloud, mailbox.address, None, faults).await;
        let answer = ask(front, SEND, &send_to("bob@a.test")).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(mailbox.mail().await.recipients, ["bob@a.test"]);
}

#[tokio::test]
async fn without_a_mailbox_mail_is_told_as_delivered_and_goes_nowhere() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mut mailbox = Counter::open().await;
    let faults = FaultOptions {
        no_mailbox: true,
        ..FaultOptions::default()
    };
    let (front, mut events) = faulty_front(cloud, mailbox.address, None, faults).await;
    let answer = ask(front, SEND, &send(MAIL, "bob@a.test", UNDER_A_SET)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(kinds(&mut events), ["SEND", "DELIVERY"]);
    assert!(mailbox.is_empty());
}

#[tokio::test]
async fn everything_else_of_ses_is_passed_on_with_its_query() {
    let (cloud, asked) = cloud_that_says(StatusCode::NOT_FOUND, "{}").await;
    let mailbox = Counter::open().await;
    let front = front(cloud, mailbox.address, Some(1)).await;
    for _ in 0..2 {
        let answer = ask(front, "GET /v2/email/identities?PageSize=2", "").await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
    assert_eq!(
        asked.lock().unwrap().remove(1).0,
        "GET /v2/email/identities?PageSize=2"
    );
}

#[tokio::test]
async fn a_cloud_that_is_not_there_is_an_error_of_ses() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let mailbox = Counter::open().await;
    let answer = ask(
        front(nobody, mailbox.address, None).await,
        SEND,
        &send_to("bob@a.test"),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
}
