use std::time::Duration;

use lettre::address::Envelope;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use local_ses::smtp::MAX_MAIL_BYTES;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::counter::Counter;

/// Says all of `text` at once and gives what is answered until the post office hangs up.
async fn say(counter: &Counter, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(counter.address).await.unwrap();
    stream.write_all(text).await.unwrap();
    let mut answers = Vec::new();
    let read = stream.read_to_end(&mut answers);
    tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .expect("the session ends")
        .unwrap();
    String::from_utf8(answers).unwrap()
}

fn codes(answers: &str) -> Vec<&str> {
    answers
        .lines()
        .filter(|line| line.get(3..4) == Some(" "))
        .filter_map(|line| line.get(..3))
        .collect()
}

#[tokio::test]
async fn a_real_client_delivers_dots_and_eight_bits_as_they_were() {
    let mut counter = Counter::open().await;
    let client = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(counter.address.port())
        .build();
    let to = vec!["one@a.test".parse().unwrap(), "two@a.test".parse().unwrap()];
    let envelope = Envelope::new(Some("sender@b.test".parse().unwrap()), to).unwrap();
    let mail = b".\r\n.first\r\n..second\r\n\r\ncaf\xc3\xa9 \xff\r\n.\r\nend\r\n";

    // The client ends the last line itself.
    client
        .send_raw(&envelope, mail.strip_suffix(b"\r\n").unwrap())
        .await
        .unwrap();

    let taken = counter.mail().await;
    assert_eq!(taken.raw, mail);
    assert_eq!(taken.from, "sender@b.test");
    assert_eq!(taken.recipients, ["one@a.test", "two@a.test"]);
    assert_eq!(taken.peer.to_string(), "127.0.0.1");
    assert!(!taken.helo.is_empty());
}

#[tokio::test]
async fn everything_said_at_once_is_answered_in_order() {
    let mut counter = Counter::open().await;
    let answers = say(
        &counter,
        b"EHLO c.test\r\nMAIL FROM:<s@b.test> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<x@a.test>\r\nRCPT TO:<x@b.test>\r\n\
          DATA\r\none\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<y@a.test>\r\nDATA\r\n\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&answers),
        [
            "220", "250", "250", "250", "550", "354", "250", "250", "250", "354", "250", "250",
            "250", "221"
        ]
    );
    for offered in [
        "SIZE 41943040",
        "8BITMIME",
        "PIPELINING",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
    ] {
        assert!(answers.contains(offered), "{answers}");
    }
    let first = counter.mail().await;
    assert_eq!(
        (first.raw.as_slice(), first.recipients.len()),
        (b"one\r\n".as_slice(), 1)
    );
    let second = counter.mail().await;
    assert_eq!(
        (second.raw.as_slice(), second.from.as_str()),
        (b"\r\n".as_slice(), "")
    );
}

#[tokio::test]
async fn a_mail_without_a_line_is_a_mail() {
    let mut counter = Counter::open().await;
    let answers = say(
        &counter,
        b"HELO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<y@a.test>\r\nDATA\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&answers),
        ["220", "250", "250", "250", "354", "250", "221"]
    );
    assert!(counter.mail().await.raw.is_empty());
}

#[tokio::test]
async fn a_client_of_bare_line_feeds_is_understood() {
    let mut counter = Counter::open().await;
    let answers = say(
        &counter,
        b"HELO c.test\nMAIL FROM:<s@b.test>\nRCPT TO:<y@a.test>\nDATA\none\n..two\n.\nQUIT\n",
    )
    .await;
    assert_eq!(
        codes(&answers),
        ["220", "250", "250", "250", "354", "250", "221"]
    );
    assert_eq!(counter.mail().await.raw, b"one\r\n.two\r\n");
}

#[tokio::test]
async fn a_dot_between_bare_line_feeds_does_not_end_the_mail_of_a_proper_client() {
    let mut counter = Counter::open().await;
    let answers = say(
        &counter,
        b"HELO c.test\r\nMAIL FROM:<s@b.test>\r\nRCPT TO:<y@a.test>\r\nDATA\r\none\n.\nMAIL FROM:<evil@b.test>\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&answers),
        ["220", "250", "250", "250", "354", "250", "221"]
    );
    assert_eq!(
        counter.mail().await.raw,
        b"one\n.\nMAIL FROM:<evil@b.test>\r\n"
    );
    assert!(counter.is_empty());
}

#[tokio::test]
async fn bytes_that_come_one_by_one_make_the_same_mail() {
    let mut counter = Counter::open().await;
    let mut stream = TcpStream::connect(counter.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in
        b"EHLO c\r\nMAIL FROM:<s@b.test>\r\nRCPT TO:<y@a.test>\r\nDATA\r\na\r\n..b\r\n.\r\nQUIT\r\n"
    {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert!(answers.ends_with("221 2.0.0 Bye\r\n"), "{answers}");
    assert_eq!(counter.mail().await.raw, b"a\r\n.b\r\n");
}

#[tokio::test]
async fn what_is_said_out_of_turn_or_not_understood_is_refused_and_the_session_goes_on() {
    let counter = Counter::open().await;
    let long = vec![b'x'; 9000];
    let mut text =
        b"MAIL FROM:<s@b.test>\r\nDATA\r\nRCPT TO:<x@a.test>\r\nWHAT\r\nEHLO c\r\n".to_vec();
    text.extend_from_slice(&long);
    text.extend_from_slice(
        b"\r\nMAIL FROM:<s@b.test\r\nMAIL FROM:<s@b.test>\r\nMAIL FROM:<s@b.test>\r\nDATA\r\nAUTH PLAIN\r\nSTARTTLS\r\nQUIT\r\n",
    );
    let answers = say(&counter, &text).await;
    assert_eq!(
        codes(&answers),
        [
            "220", "503", "503", "503", "500", "250", "500", "501", "250", "503", "554", "502",
            "502", "221"
        ],
        "{answers}"
    );
}

#[tokio::test]
async fn a_mail_that_cannot_be_stored_is_to_come_again() {
    let mut counter = Counter::open().await;
    let answers = say(
        &counter,
        b"EHLO c\r\nMAIL FROM:<s@b.test>\r\nRCPT TO:<later@a.test>\r\nRCPT TO:<x@a.test>\r\nDATA\r\nFULL\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&answers),
        ["220", "250", "250", "451", "250", "354", "451", "221"]
    );
    assert!(counter.is_empty());
}

#[tokio::test]
async fn a_mail_that_is_too_large_is_refused_when_announced_and_when_it_came() {
    let mut counter = Counter::open().await;
    let announced = format!(
        "EHLO c\r\nMAIL FROM:<s@b.test> SIZE={}\r\nQUIT\r\n",
        MAX_MAIL_BYTES + 1
    );
    assert_eq!(
        codes(&say(&counter, announced.as_bytes()).await),
        ["220", "250", "552", "221"]
    );

    let mut text = b"EHLO c\r\nMAIL FROM:<s@b.test>\r\nRCPT TO:<x@a.test>\r\nDATA\r\n".to_vec();
    text.resize(text.len() + MAX_MAIL_BYTES + 1, b'x');
    text.extend_from_slice(b"\r\n.\r\nNOOP\r\nQUIT\r\n");
    assert_eq!(
        codes(&say(&counter, &text).await),
        ["220", "250", "250", "250", "354", "552", "250", "221"]
    );
    assert!(counter.is_empty());
}
