use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use cloud::clock;
use local_ses::front::Front;
use local_ses::mailbox::Mailbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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
    let cloud = format!("http://{cloud}").parse().unwrap();
    let mailbox = Mailbox::new("127.0.0.1", mailbox.port());
    let front = Front::new(cloud, mailbox, rate.and_then(NonZeroU32::new), clock::now).unwrap();
    open(front.router()).await
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

fn send_to(address: &str) -> String {
    let mail = data_encoding::BASE64
        .encode(b"From: n@acme.test\r\nMessage-ID: <own@acme.test>\r\n\r\n.dot \xff\r\n");
    format!(
        r#"{{"Destination":{{"ToAddresses":["{address}"]}},"Content":{{"Raw":{{"Data":"{mail}"}}}}}}"#
    )
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
async fn a_mail_the_mailbox_does_not_take_is_an_error_of_ses_which_callers_try_again() {
    let (cloud, _) = cloud_that_says(StatusCode::OK, ACCEPTED).await;
    let mailbox = Counter::open().await;
    let elsewhere = send_to("bob@not-a.test");
    let refused = ask(front(cloud, mailbox.address, None).await, SEND, &elsewhere).await;
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let closed = ask(front(cloud, nobody, None).await, SEND, &elsewhere).await;
    for answer in [refused, closed] {
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(
            answer.contains("x-amzn-errortype: InternalServiceErrorException"),
            "{answer}"
        );
    }
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
