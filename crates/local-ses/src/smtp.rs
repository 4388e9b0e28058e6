//! Mail in: a listener and one task a connection. The protocol's grammar, dot-unstuffing and replies are `smtp-proto`'s;
//! what is asked of the post office goes over a channel, so the dialogue is tested without a cloud.

mod dialogue;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use smtp_proto::Error;
use smtp_proto::request::receiver::{
    DataReceiver, DummyDataReceiver, DummyLineReceiver, RequestReceiver,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use dialogue::{Dialogue, Next};

/// SES refuses more (40 MB, header included).
pub const MAX_MAIL_BYTES: usize = 40 * 1024 * 1024;
/// RFC 5321 4.5.3.2.7: a server waits at least five minutes for a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);
const READ_BYTES: usize = 64 * 1024;

/// A mail as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMail {
    /// The client's address.
    pub peer: IpAddr,
    /// What it called itself.
    pub helo: String,
    /// The envelope sender; empty for the null return path.
    pub from: String,
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// The mail, dots unstuffed.
    pub raw: Vec<u8>,
}

/// What a session asks of the post office.
#[derive(Debug)]
pub enum Question {
    /// Is there a rule for this address?
    Recipient {
        /// The envelope recipient.
        address: String,
        /// Where the answer goes.
        answer: oneshot::Sender<Standing>,
    },
    /// Take this mail.
    Mail {
        /// The mail.
        mail: IncomingMail,
        /// Where the answer goes.
        answer: oneshot::Sender<Outcome>,
    },
}

/// Whether mail for an address is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A rule takes it.
    Taken,
    /// No rule does.
    Unknown,
    /// The rules cannot be read now.
    Unavailable,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All actions took effect; the id given.
    Stored(String),
    /// An action failed; the client should come again.
    Unavailable,
}

/// Serves `listener` until `stop`; sessions in the midst of a mail may end it.
pub async fn serve(
    listener: TcpListener,
    questions: mpsc::Sender<Question>,
    stop: CancellationToken,
) {
    let sessions = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let session = session(stream, peer, questions.clone(), stop.clone());
                sessions.spawn(async move {
                    if let Err(error) = session.await {
                        tracing::debug!(%error, "an SMTP session broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    sessions.close();
    sessions.wait().await;
}

/// What the next bytes of the client are.
enum Reading {
    Commands,
    Mail(DataReceiver, Vec<u8>),
    TooMuch(DummyDataReceiver),
    RestOfLine(DummyLineReceiver),
}

async fn session(
    stream: TcpStream,
    peer: SocketAddr,
    questions: mpsc::Sender<Question>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut read, write) = stream.into_split();
    let mut write = BufWriter::new(write);
    let mut dialogue = Dialogue::new(peer.ip(), questions);
    let mut connection = Connection {
        commands: RequestReceiver::default(),
        reading: Reading::Commands,
        lines: Lines::default(),
    };
    write.write_all(Dialogue::greeting().as_bytes()).await?;
    write.flush().await?;
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = tokio::select! {
            read = tokio::time::timeout(COMMAND_TIMEOUT, read.read(&mut buffer)) => read,
            () = stop.cancelled(), if dialogue.is_idle() => {
                return say(&mut write, "421 4.3.2 The post office is closing\r\n").await;
            }
        };
        let Ok(read) = read else {
            return say(&mut write, "421 4.4.2 Nothing was said for too long\r\n").await;
        };
        let bytes = buffer.get(..read?).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        let bytes = connection.lines.read(bytes);
        let goes_on = connection.take(bytes, &mut dialogue, &mut write).await?;
        // Replies to pipelined commands leave together.
        write.flush().await?;
        if !goes_on {
            return Ok(());
        }
    }
}

async fn say(write: &mut BufWriter<OwnedWriteHalf>, line: &str) -> std::io::Result<()> {
    write.write_all(line.as_bytes()).await?;
    write.flush().await
}

struct Connection {
    commands: RequestReceiver,
    reading: Reading,
    lines: Lines,
}

impl Connection {
    /// Works through what came; false when the session is over.
    async fn take(
        &mut self,
        bytes: Vec<u8>,
        dialogue: &mut Dialogue,
        write: &mut BufWriter<OwnedWriteHalf>,
    ) -> std::io::Result<bool> {
        let mut bytes = bytes;
        loop {
            let mut iterator = bytes.iter();
            let step = self.step(&mut iterator, dialogue).await;
            let rest = iterator.as_slice();
            bytes = match step {
                Step::More => return Ok(true),
                Step::Said(reply) => {
                    write.write_all(reply.as_bytes()).await?;
                    rest.to_vec()
                }
                Step::MailFollows(reply) => {
                    write.write_all(reply.as_bytes()).await?;
                    let consumed = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
                    self.lines.learn_from(consumed);
                    self.lines.read(rest)
                }
                Step::Over(reply) => {
                    write.write_all(reply.as_bytes()).await?;
                    return Ok(false);
                }
            };
        }
    }

    async fn step(
        &mut self,
        bytes: &mut std::slice::Iter<'_, u8>,
        dialogue: &mut Dialogue,
    ) -> Step {
        match &mut self.reading {
            Reading::Commands => {
                let request = match self.commands.ingest(bytes) {
                    Ok(request) => Ok(request.into_owned()),
                    Err(Error::NeedsMoreData { .. }) => return Step::More,
                    Err(error) => Err(error),
                };
                if request == Err(Error::ResponseTooLong) {
                    self.reading = Reading::RestOfLine(DummyLineReceiver::default());
                }
                match dialogue.answer(request).await {
                    Next::Say(reply) => Step::Said(reply),
                    Next::Close(reply) => Step::Over(reply),
                    Next::Mail(reply) => {
                        let mut receiver = DataReceiver::new();
                        // The receiver looks for a dot after a line's end: the mail's first line follows one too.
                        receiver.ingest(&mut b"\r\n".iter(), &mut Vec::new());
                        self.reading = Reading::Mail(receiver, Vec::new());
                        Step::MailFollows(reply)
                    }
                }
            }
            Reading::Mail(receiver, mail) => {
                if receiver.ingest(bytes, mail) {
                    let mail = std::mem::take(mail);
                    self.reading = Reading::Commands;
                    return Step::Said(if mail.len() > MAX_MAIL_BYTES {
                        dialogue.refuse_size()
                    } else {
                        dialogue.take(mail).await
                    });
                }
                if mail.len() > MAX_MAIL_BYTES {
                    self.reading = Reading::TooMuch(DummyDataReceiver::new_data(receiver));
                }
                Step::More
            }
            Reading::TooMuch(receiver) => {
                if !receiver.ingest(bytes) {
                    return Step::More;
                }
                self.reading = Reading::Commands;
                Step::Said(dialogue.refuse_size())
            }
            Reading::RestOfLine(receiver) => {
                if !receiver.ingest(bytes) {
                    return Step::More;
                }
                self.reading = Reading::Commands;
                Step::Said(String::new())
            }
        }
    }
}

enum Step {
    More,
    Said(String),
    MailFollows(String),
    Over(String),
}

/// How the client ends its lines. One that ends its DATA command with a bare LF ends its mail's lines so too, and is
/// read as if it wrote CRLF. For all others a bare LF is only a byte: `LF . LF` never ends their mail, which is what
/// keeps a second mail from being smuggled inside a first.
#[derive(Debug, Default)]
struct Lines {
    bare: bool,
    last: u8,
}

impl Lines {
    fn learn_from(&mut self, command: &[u8]) {
        let ends_bare = command.ends_with(b"\n") && !command.ends_with(b"\r\n");
        self.bare |= ends_bare && command.len() > 1;
    }

    fn read(&mut self, bytes: &[u8]) -> Vec<u8> {
        if !self.bare {
            return bytes.to_vec();
        }
        let mut lines = Vec::with_capacity(bytes.len() + bytes.len() / 40);
        for &byte in bytes {
            if byte == b'\n' && self.last != b'\r' {
                lines.push(b'\r');
            }
            lines.push(byte);
            self.last = byte;
        }
        lines
    }
}
