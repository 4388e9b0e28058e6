//! What must hold of any bytes at all, one module a kind of input; `targets/` hands them to libFuzzer.
//!
//! An invariant that does not hold panics: that is how a fuzzer hears of it.

use std::{
    env,
    fs::{self, File},
    io::{Seek, Write},
    path::PathBuf,
    process,
    sync::{LazyLock, Mutex},
};

pub mod answer;
pub mod csv;
pub mod ical;
pub mod mail;
mod problems;
#[allow(dead_code, reason = "the tests of letters use more of it")]
#[path = "../../tests/it/letters/read_back.rs"]
mod read_back;
pub mod seeds;
pub mod tnef;
mod written;

/// Where `scripts/fuzz` wants the seeds of a target; the program writes them there and ends.
const SEEDS: &str = "CIS_FUZZ_SEEDS";
/// The file that holds the input at work.
const LAST_INPUT: &str = "CIS_FUZZ_LAST_INPUT";

static KEPT: LazyLock<Option<Mutex<File>>> =
    LazyLock::new(|| Some(Mutex::new(File::create(env::var_os(LAST_INPUT)?).ok()?)));

/// Before the first input.
pub fn start(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
    let Some(folder) = env::var_os(SEEDS).map(PathBuf::from) else {
        return;
    };
    let seeds = seeds();
    assert!(!seeds.is_empty(), "no golden file gives a seed");
    for (number, bytes) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), bytes).unwrap();
    }
    process::exit(0);
}

/// Keeps an input until the next: libFuzzer writes down the one that panics, but not the one that overflows the stack
/// or is killed with all of its process.
pub fn keep(bytes: &[u8]) {
    if let Some(file) = KEPT.as_ref() {
        let mut file = file.lock().unwrap();
        file.rewind().unwrap();
        file.write_all(bytes).unwrap();
        file.set_len(bytes.len() as u64).unwrap();
    }
}
