//! Against a server that answers what it is told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_config::{Region, SdkConfig};
use aws_credential_types::{Credentials as Keys, provider::SharedCredentialsProvider};
use invite::{
    address::{Address, Mailbox},
    delivery::Told,
    id::Uid,
    letter::Letter,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{Mailer, Sent, credentials::Credentials, endpoint::Endpoint, ses::Ses};

const TAKEN: (u16, &str) = (200, r#"{"MessageId":"0100-1"}"#);
const THROTTLED: (u16, &str) = (
    429,
    r#"{"__type":"TooManyRequestsException","message":"Maximum sending rate exceeded."}"#,
);
const REFUSED: (u16, &str) = (
    400,
    r#"{"__type":"MessageRejected","message":"Illegal content"}"#,
);
const PAUSED: (u16, &str) = (
    400,
    r#"{"__type":"SendingPausedException","message":"Paused"}"#,
);

/// One request, as it arrived.
#[derive(Debug)]
struct Asked {
    /// Of the connections there were, the how manieth.
    connection: usize,
    head: Vec<String>,
    body: Vec<u8>,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Gives these answers, in this order, and then none.
#[derive(Clone)]
struct Server {
    url: String,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    async fn answering(answers: &[(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            asked: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            for connection in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream, connection).await });
            }
        });
        server
    }

    async fn serve(&self, stream: TcpStream, connection: usize) -> Option<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut asked = Asked {
                connection,
                head: Vec::new(),
                body: Vec::new(),
            };
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.ok()?;
                match line.trim_end() {
                    "" => break,
                    line => asked.head.push(line.to_owned()),
                }
            }
            let length = asked.header("content-length")?.parse().ok()?;
            asked.body.resize(length, 0);
            stream.read_exact(&mut asked.body).await.ok()?;
            self.asked.lock().unwrap().push(asked);
            // Without an answer the connection ends.
            let (status, body) = self.answers.lock().unwrap().pop_front()?;
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n\r\n{body}");
            stream.get_mut().write_all(answer.as_bytes()).await.ok()?;
        }
    }

    async fn mailer(&self) -> Mailer {
        let keys = Keys::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let config = SdkConfig::builder()
            .region(Region::new("eu-central-1"))
            .endpoint_url(&self.url)
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build();
        let ses = Ses::new(
            &config,
            Endpoint::of(&config).await.unwrap(),
            Credentials::of(&config).unwrap(),
            || "2026-03-01T10:00:00Z".parse().unwrap(),
        );
        Mailer {
            ses: Arc::new(ses.unwrap()),
            configuration_set: "acme".to_owned(),
            pauses: &[Duration::ZERO; 2],
        }
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn mailbox(address: &str) -> Mailbox {
    Mailbox {
        address: Address::parse(address).unwrap(),
        name: None,
    }
}

fn letter(raw: &[u8]) -> Letter {
    Letter {
        from: mailbox("olga@acme.test"),
        to: mailbox("o'ne@b.test"),
        tells: Some(Told {
            uid: Uid::parse("142bb2d6db872826ff3a45dcd7aef890beda3b33").unwrap(),
            letter: "invite",
            revision: 3,
        }),
        raw: raw.to_vec(),
    }
}

fn accepted() -> Sent {
    Sent::Accepted {
        ses_message_id: "0100-1".to_owned(),
    }
}

#[tokio::test]
async fn a_letter_is_one_request_on_a_kept_connection() {
    let server = Server::answering(&[TAKEN, TAKEN]).await;
    let mailer = server.mailer().await;
    let notice = Letter {
        tells: None,
        ..letter(b"Subject: 2\r\n\r\n\xc3\xbc")
    };
    for letter in [letter(b"Subject: 1\r\n\r\n"), notice] {
        assert_eq!(mailer.send(&letter).await.unwrap(), accepted());
    }
    let asked = server.asked();
    let bodies: Vec<&str> = asked
        .iter()
        .map(|asked| str::from_utf8(&asked.body).unwrap())
        .collect();
    let connections: Vec<usize> = asked.iter().map(|asked| asked.connection).collect();
    assert_eq!(connections, [1, 1]);
    assert_eq!(asked[0].head[0], "POST /v2/email/outbound-emails HTTP/1.1");
    for (name, value) in [
        ("content-type", "application/json"),
        ("amz-sdk-request", "attempt=1"),
        ("x-amz-date", "20260301T100000Z"),
        ("x-amz-security-token", "token"),
    ] {
        assert_eq!(asked[0].header(name), Some(value), "{name}");
    }
    let expected = [
        r#"{"FromEmailAddress":"olga@acme.test","Destination":{"ToAddresses":["o'ne@b.test"]},"ConfigurationSetName":"acme","EmailTags":[{"Name":"event","Value":"142bb2d6db872826ff3a45dcd7aef890beda3b33"},{"Name":"letter","Value":"invite"},{"Name":"revision","Value":"3"}],"Content":{"Raw":{"Data":"U3ViamVjdDogMQ0KDQo="}}}"#,
        r#"{"FromEmailAddress":"olga@acme.test","Destination":{"ToAddresses":["o'ne@b.test"]},"ConfigurationSetName":"acme","Content":{"Raw":{"Data":"U3ViamVjdDogMg0KDQrDvA=="}}}"#,
    ];
    assert_eq!(bodies, expected);
}

#[tokio::test]
async fn what_may_pass_is_offered_again() {
    let server = Server::answering(&[THROTTLED, (503, "busy"), TAKEN]).await;
    let sent = server.mailer().await.send(&letter(b"x")).await;
    assert_eq!(sent.unwrap(), accepted());
    let asked = server.asked();
    let attempts: Vec<_> = asked
        .iter()
        .map(|asked| asked.header("amz-sdk-request").unwrap())
        .collect();
    assert_eq!(attempts, ["attempt=1", "attempt=2", "attempt=3"]);
}

#[tokio::test]
async fn it_is_offered_so_often_and_then_left_to_the_caller() {
    for (answers, retries, expected) in [
        (&[THROTTLED; 9] as &[_], true, 3),
        (&[THROTTLED; 9], false, 1),
        // The connection breaks off.
        (&[], false, 1),
        // Nobody but the caller knows when it ends.
        (&[PAUSED; 9], true, 1),
    ] {
        let server = Server::answering(answers).await;
        let mailer = server.mailer().await;
        let mailer = if retries {
            mailer
        } else {
            mailer.without_retries()
        };
        let fault = mailer.send(&letter(b"x")).await.unwrap_err();
        assert_eq!(fault.operation, "send a mail");
        assert_eq!(server.asked().len(), expected, "{answers:?}");
    }
}

#[tokio::test]
async fn what_is_rejected_is_not_offered_again() {
    let server = Server::answering(&[REFUSED; 2]).await;
    let sent = server.mailer().await.send(&letter(b"x")).await;
    let rejected = Sent::Rejected {
        code: "MessageRejected".to_owned(),
    };
    assert_eq!(sent.unwrap(), rejected);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn where_nobody_listens_it_is_a_fault() {
    let mut server = Server::answering(&[]).await;
    server.url = "http://127.0.0.1:1".to_owned();
    let fault = server.mailer().await.send(&letter(b"x")).await.unwrap_err();
    assert_eq!(fault.source.to_string(), "SES could not be asked");
}
