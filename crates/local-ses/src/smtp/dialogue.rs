//! The dialogue's rules (RFC 5321): what may be said when, and what is answered.

use std::net::IpAddr;

use smtp_proto::{
    EXT_8BIT_MIME, EXT_ENHANCED_STATUS_CODES, EXT_PIPELINING, EXT_SIZE, EXT_SMTP_UTF8,
    EhloResponse, Error, MailFrom, Request,
};
use tokio::sync::{mpsc, oneshot};

use super::{IncomingMail, MAX_MAIL_BYTES, Outcome, Question, Standing};
use crate::INBOUND_HOST;

/// SES takes at most this many recipients of one mail.
const MAX_RECIPIENTS: usize = 100;

/// One client's session.
pub(super) struct Dialogue {
    peer: IpAddr,
    questions: mpsc::Sender<Question>,
    helo: Option<String>,
    envelope: Option<Envelope>,
}

struct Envelope {
    from: String,
    recipients: Vec<String>,
}

/// What comes after a command.
pub(super) enum Next {
    /// This reply, then another command.
    Say(String),
    /// This reply, then the mail.
    Mail(String),
    /// This reply, then nothing.
    Close(String),
}

impl Dialogue {
    pub(super) fn new(peer: IpAddr, questions: mpsc::Sender<Question>) -> Self {
        Self {
            peer,
            questions,
            helo: None,
            envelope: None,
        }
    }

    pub(super) fn greeting() -> String {
        format!("220 {INBOUND_HOST} ESMTP local-ses\r\n")
    }

    /// Whether no mail is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.envelope.is_none()
    }

    pub(super) async fn answer(&mut self, request: Result<Request<String>, Error>) -> Next {
        let request = match request {
            Ok(request) => request,
            Err(error) => return Next::Say(misunderstood(&error)),
        };
        match request {
            Request::Ehlo { host } => Next::Say(self.hello(host, true)),
            Request::Helo { host } => Next::Say(self.hello(host, false)),
            Request::Mail { from } => Next::Say(self.mail(from)),
            Request::Rcpt { to } => Next::Say(self.recipient(to.address).await),
            Request::Data => match &self.envelope {
                Some(envelope) if !envelope.recipients.is_empty() => {
                    Next::Mail(line("354 Send the mail; end it with <CR><LF>.<CR><LF>"))
                }
                Some(_) => Next::Say(line("554 5.5.1 No valid recipients")),
                None => Next::Say(line("503 5.5.1 MAIL first")),
            },
            Request::Rset => {
                self.envelope = None;
                Next::Say(line("250 2.0.0 OK"))
            }
            Request::Noop { .. } => Next::Say(line("250 2.0.0 OK")),
            Request::Vrfy { .. } => Next::Say(line("252 2.1.5 Send some mail and see")),
            Request::Help { .. } => Next::Say(line(
                "214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY QUIT",
            )),
            Request::Quit => Next::Close(line("221 2.0.0 Bye")),
            // The chunk's bytes would follow as commands.
            Request::Bdat { .. } | Request::Burl { .. } => {
                Next::Close(line("502 5.5.1 CHUNKING is not offered"))
            }
            Request::Lhlo { .. }
            | Request::Auth { .. }
            | Request::Expn { .. }
            | Request::Etrn { .. }
            | Request::Atrn { .. }
            | Request::StartTls => Next::Say(line("502 5.5.1 Not offered here")),
        }
    }

    /// Hands the mail over and says what became of it.
    pub(super) async fn take(&mut self, raw: Vec<u8>) -> String {
        let Some(envelope) = self.envelope.take() else {
            return line("503 5.5.1 MAIL first");
        };
        let mail = IncomingMail {
            peer: self.peer,
            helo: self.helo.clone().unwrap_or_default(),
            from: envelope.from,
            recipients: envelope.recipients,
            raw,
        };
        let (answer, outcome) = oneshot::channel();
        let asked = self.questions.send(Question::Mail { mail, answer }).await;
        match (asked, outcome.await) {
            (Ok(()), Ok(Outcome::Stored(id))) => line(&format!("250 2.6.0 OK {id}")),
            _ => line("451 4.3.0 The mail could not be stored; try again later"),
        }
    }

    /// Ends a mail that is too large.
    pub(super) fn refuse_size(&mut self) -> String {
        self.envelope = None;
        line("552 5.3.4 The mail is larger than SES takes")
    }

    fn hello(&mut self, host: String, extended: bool) -> String {
        self.helo = Some(host);
        self.envelope = None;
        if !extended {
            return line(&format!("250 {INBOUND_HOST}"));
        }
        let mut response = EhloResponse::new(INBOUND_HOST);
        response.capabilities =
            EXT_8BIT_MIME | EXT_SMTP_UTF8 | EXT_PIPELINING | EXT_ENHANCED_STATUS_CODES | EXT_SIZE;
        response.size = MAX_MAIL_BYTES;
        let mut reply = Vec::new();
        match response.write(&mut reply) {
            Ok(()) => String::from_utf8_lossy(&reply).into_owned(),
            Err(_) => line(&format!("250 {INBOUND_HOST}")),
        }
    }

    fn mail(&mut self, from: MailFrom<String>) -> String {
        if self.helo.is_none() {
            return line("503 5.5.1 EHLO first");
        }
        if self.envelope.is_some() {
            return line("503 5.5.1 A mail is under way");
        }
        if from.size > MAX_MAIL_BYTES {
            return self.refuse_size();
        }
        self.envelope = Some(Envelope {
            from: from.address,
            recipients: Vec::new(),
        });
        line("250 2.1.0 OK")
    }

    async fn recipient(&mut self, address: String) -> String {
        let Some(envelope) = &mut self.envelope else {
            return line("503 5.5.1 MAIL first");
        };
        if envelope.recipients.len() >= MAX_RECIPIENTS {
            return line("452 4.5.3 Too many recipients");
        }
        let (answer, standing) = oneshot::channel();
        let asked = self
            .questions
            .send(Question::Recipient {
                address: address.clone(),
                answer,
            })
            .await;
        match (asked, standing.await) {
            (Ok(()), Ok(Standing::Taken)) => {
                if !envelope.recipients.contains(&address) {
                    envelope.recipients.push(address);
                }
                line("250 2.1.5 OK")
            }
            (Ok(()), Ok(Standing::Unknown)) => {
                line("550 5.1.1 No receipt rule takes mail for this address")
            }
            _ => line("451 4.3.0 The receipt rules cannot be read; try again later"),
        }
    }
}

fn line(text: &str) -> String {
    format!("{text}\r\n")
}

fn misunderstood(error: &Error) -> String {
    match error {
        Error::InvalidSenderAddress => line("501 5.1.7 Bad sender address"),
        Error::InvalidRecipientAddress => line("501 5.1.3 Bad recipient address"),
        Error::SyntaxError { syntax } => line(&format!("501 5.5.2 Say it as: {syntax}")),
        Error::InvalidParameter { param } => line(&format!("501 5.5.4 Bad parameter {param}")),
        Error::UnsupportedParameter { param } => {
            line(&format!("504 5.5.4 Parameter {param} is not offered"))
        }
        Error::ResponseTooLong => line("500 5.5.2 The line is too long"),
        Error::UnknownCommand | Error::NeedsMoreData { .. } | Error::InvalidResponse { .. } => {
            line("500 5.5.1 Not a command")
        }
    }
}
