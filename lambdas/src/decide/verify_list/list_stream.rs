//! A list, streamed: pieces of its object go to a thread that reads rows out of them, and the rows come back.
//!
//! The domain reads by [`std::io::Read`], which waits; the object comes by calls that must not. Little is held between
//! the two: a piece each way, however long the list is.

use std::{
    io::{self, BufReader, Read},
    thread,
};

use cloud::blobs::Blobs;
use invite::mail::{
    self, NoList,
    csv::{Row, Rows},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes asked of S3 in one call.
const PIECE_BYTES: u64 = 256 * 1024;
/// Rows handed over at a time.
pub(super) const ROWS_AT_ONCE: usize = 500;

/// What reading a list comes to, step by step.
pub(super) enum Step {
    /// The next rows: [`ROWS_AT_ONCE`], fewer at the end.
    Rows(Vec<Row>),
    /// There is no list in it.
    NoList(NoList),
    /// The object could not be read.
    Fault(io::Error),
    /// Those were all rows.
    End {
        /// The mail has a further list.
        has_another: bool,
    },
}

/// Begins to read a list; the future has to be polled for steps to come, and ends when nobody takes them any more.
pub(super) fn list_stream(
    blobs: &Blobs,
    key: &str,
    is_in_mail: bool,
) -> (impl Future<Output = ()> + use<>, Receiver<Step>) {
    let (pieces, received) = channel(1);
    let (steps, taken) = channel(1);
    thread::spawn(move || {
        let object = BufReader::new(Pieces {
            received,
            piece: Vec::new(),
            read: 0,
        });
        // Whoever takes no more steps needs no last one.
        let _ = match read(object, is_in_mail, &steps) {
            Ok(last) => steps.blocking_send(last),
            Err(fault) => steps.blocking_send(Step::Fault(fault)),
        };
    });
    (pump(blobs.clone(), key.to_owned(), pieces), taken)
}

async fn pump(blobs: Blobs, key: String, pieces: Sender<io::Result<Vec<u8>>>) {
    let mut from = 0;
    loop {
        let piece = blobs.read_piece(&key, from, PIECE_BYTES).await;
        let bytes = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        from += bytes;
        let sent = pieces.send(piece.map_err(io::Error::other)).await;
        if sent.is_err() || bytes < PIECE_BYTES {
            return;
        }
    }
}

/// Reads to the end, and says with what.
fn read(object: BufReader<Pieces>, is_in_mail: bool, steps: &Sender<Step>) -> io::Result<Step> {
    if !is_in_mail {
        return match mail::text_only(object)? {
            Err(what) => Ok(Step::NoList(what)),
            Ok(list) => {
                send_rows(list, steps)?;
                Ok(Step::End { has_another: false })
            }
        };
    }
    let mut list = match mail::attached_list(object)? {
        Err(what) => return Ok(Step::NoList(what)),
        Ok(list) => list,
    };
    match mail::text_only(&mut list)? {
        Err(what) => return Ok(Step::NoList(what)),
        Ok(text) => send_rows(text, steps)?,
    }
    Ok(Step::End {
        has_another: list.is_followed_by_another()?,
    })
}

fn send_rows(list: impl Read, steps: &Sender<Step>) -> io::Result<()> {
    let mut rows = Rows::new(list)?;
    loop {
        let some = rows
            .by_ref()
            .take(ROWS_AT_ONCE)
            .collect::<io::Result<Vec<Row>>>()?;
        let is_last = some.len() < ROWS_AT_ONCE;
        if !some.is_empty() && steps.blocking_send(Step::Rows(some)).is_err() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if is_last {
            return Ok(());
        }
    }
}

/// What was received, to be read.
struct Pieces {
    received: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    read: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.piece.len() {
            match self.received.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
            self.read = 0;
            if self.piece.is_empty() {
                return Ok(0);
            }
        }
        let mut rest = self.piece.get(self.read..).unwrap_or_default();
        let read = rest.read(into)?;
        self.read += read;
        Ok(read)
    }
}
