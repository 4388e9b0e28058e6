//! The SMTP side of the post office alone, on a port of its own, with the test behind the counter.

use std::net::SocketAddr;

use local_ses::smtp::{self, IncomingMail, Outcome, Question, Standing};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::sync::DropGuard;

/// An open counter that takes mail for `a.test` and keeps it; `later@a.test` cannot be answered for, and a mail that
/// says `FULL` cannot be stored.
pub(crate) struct Counter {
    pub(crate) address: SocketAddr,
    mails: mpsc::UnboundedReceiver<IncomingMail>,
    _open: DropGuard,
}

impl Counter {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (questions, mut asked) = mpsc::channel(8);
        let (taken, mails) = mpsc::unbounded_channel();
        tokio::spawn(smtp::serve(listener, questions, stop.clone()));
        tokio::spawn(async move {
            while let Some(question) = asked.recv().await {
                match question {
                    Question::Recipient { address, answer } => {
                        answer.send(standing(&address)).unwrap()
                    }
                    Question::Mail { mail, answer } if mail.raw.starts_with(b"FULL") => {
                        answer.send(Outcome::Unavailable).unwrap();
                    }
                    Question::Mail { mail, answer } => {
                        answer.send(Outcome::Stored("id".to_owned())).unwrap();
                        taken.send(mail).unwrap();
                    }
                }
            }
        });
        Self {
            address,
            mails,
            _open: stop.drop_guard(),
        }
    }

    /// The next mail taken.
    pub(crate) async fn mail(&mut self) -> IncomingMail {
        self.mails.recv().await.unwrap()
    }

    /// Whether no mail was taken.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.mails.try_recv().is_err()
    }
}

fn standing(address: &str) -> Standing {
    match address {
        "later@a.test" => Standing::Unavailable,
        address if address.ends_with("@a.test") => Standing::Taken,
        _ => Standing::Unknown,
    }
}
