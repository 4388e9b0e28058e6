//! How much memory going through a list takes: `list_memory ROWS [mail]` makes a list of so many rows as it is read, alone
//! or in base64 in a mail, decides about each row as the function does, and prints the peak before and after.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for measuring"
)]

use std::{
    fs,
    io::{BufReader, Read},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use invite::{
    address::Address,
    decide::{self, KnownPerson, ListContext, RESULT_HEADER, Tally},
    mail::{
        self,
        csv::{Row, Rows},
    },
};

const PIECE_BYTES: usize = 1024 * 1024;
const SHARD_ROWS: usize = 1000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().unwrap().parse().unwrap();
    let is_mail = arguments.next().is_some();
    let before = peak_kb();
    let (pieces, received) = sync_channel(1);
    let (shards, taken) = sync_channel(1);
    thread::spawn(move || write(rows, is_mail, &pieces));
    thread::spawn(move || {
        let object = BufReader::new(Pieces {
            received,
            piece: Vec::new(),
            read: 0,
        });
        if is_mail {
            let list = mail::attached_list(object).unwrap().unwrap();
            read(mail::text_only(list).unwrap().unwrap(), &shards);
        } else {
            read(mail::text_only(object).unwrap().unwrap(), &shards);
        }
    });
    let context = ListContext {
        organizer: Address::parse("alice@a.test").unwrap(),
        mail_domain: "acme.invites.example".to_owned(),
    };
    let (mut tally, mut result_bytes, mut people_bytes) =
        (Tally::default(), RESULT_HEADER.len(), 0);
    for rows in taken {
        let nobody = |_: &Address| KnownPerson::default();
        let decision = decide::list(&context, &rows, nobody, u64::MAX);
        let mut results = String::new();
        decide::write_results(&decision.results, &mut results);
        result_bytes += results.len();
        people_bytes += decision
            .people
            .iter()
            .map(|person| person.mailbox.address.as_str().len())
            .sum::<usize>();
        tally.add(&decision.tally);
    }
    let after = peak_kb();
    println!(
        "{} rows, {} invited, {} refused; result {result_bytes} bytes, addresses {people_bytes} bytes",
        tally.rows,
        tally.invited,
        tally.refused_rows()
    );
    println!(
        "peak {before} KB before, {after} KB after: {} KB for the list",
        after - before
    );
}

/// The list as S3 would hand it over.
fn write(rows: u64, is_mail: bool, pieces: &SyncSender<Vec<u8>>) {
    let mut text = Vec::with_capacity(PIECE_BYTES + 1024);
    if is_mail {
        let head = "From: alice@a.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/csv; name=guests.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        pieces.send(head.as_bytes().to_vec()).unwrap();
    }
    text.extend_from_slice(b"email,name,company\n");
    for row in 0..rows {
        // One of a hundred stands there twice.
        let person = if row % 100 == 99 { row - 1 } else { row };
        text.extend_from_slice(
            format!(
                "guest{person}@example{}.test,Guest {row},\"Company, Inc.\"\n",
                row % 977
            )
            .as_bytes(),
        );
        if text.len() >= PIECE_BYTES * 3 / 4 {
            let rest = if is_mail { text.len() % 57 } else { 0 };
            let whole: Vec<u8> = text.drain(..text.len() - rest).collect();
            send(&whole, is_mail, pieces);
        }
    }
    send(&text, is_mail, pieces);
}

fn send(text: &[u8], is_mail: bool, pieces: &SyncSender<Vec<u8>>) {
    let piece = if is_mail {
        let mut encoded = Vec::with_capacity(text.len() * 3 / 2);
        for line in text.chunks(57) {
            encoded.extend_from_slice(data_encoding::BASE64.encode(line).as_bytes());
            encoded.extend_from_slice(b"\r\n");
        }
        encoded
    } else {
        text.to_vec()
    };
    pieces.send(piece).unwrap();
}

fn read(list: impl Read, shards: &SyncSender<Vec<Row>>) {
    let mut rows = Rows::new(list).unwrap();
    loop {
        let shard: Vec<Row> = rows.by_ref().take(SHARD_ROWS).map(Result::unwrap).collect();
        if shard.is_empty() {
            return;
        }
        shards.send(shard).unwrap();
    }
}

struct Pieces {
    received: std::sync::mpsc::Receiver<Vec<u8>>,
    piece: Vec<u8>,
    read: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.read == self.piece.len() {
            let Ok(piece) = self.received.recv() else {
                return Ok(0);
            };
            (self.piece, self.read) = (piece, 0);
        }
        let mut rest = self.piece.get(self.read..).unwrap_or_default();
        let read = rest.read(into)?;
        self.read += read;
        Ok(read)
    }
}

/// The most memory this process has had so far, in KB.
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
