//! Reads one mail a number of times, for counting instructions (docs/performance.md):
//! `valgrind --tool=callgrind target/release/examples/read_mail FILE TIMES`.

#![expect(clippy::print_stdout, reason = "a program's output")]

use std::{env, fs, io};

use invite::command::{Policy, Receipt, read};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|times| times.parse().ok());
    let raw = fs::read(path)?;
    let mut events = 0;
    for _ in 0..times.unwrap_or(1) {
        let reading = read(&raw, &Receipt::default(), &Policy::default());
        events += reading
            .calendars
            .found
            .iter()
            .map(|found| found.calendar.events.len())
            .sum::<usize>();
    }
    println!("{} bytes, {events} events", raw.len());
    Ok(())
}
