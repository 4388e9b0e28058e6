//! `cis survey DIR`: what a collection of mails and calendars comes to when it is read, by client and method.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

mod file;
mod product;
mod table;

use file::Surveyed;

const EXAMPLES: &str = "\
Examples:
  cis survey ~/mails > corpus.md        the tables, in Markdown
  cis survey --json ~/mails             the same for programs (docs/inspect.md)

Exit codes: 0 read; 2 the folder cannot be read.";

/// Largest file that is looked at, in bytes: four times the largest mail SES delivers with a calendar in it.
const MAX_FILE_BYTES: u64 = 160 * 1024 * 1024;

/// Read every mail, calendar and winmail.dat in a folder and below, and count by client and method what is decoded
/// and what is refused, and why. Nothing is sent or stored; no address, name or text is printed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Survey {
    /// The folder.
    folder: PathBuf,
    /// Print JSON of a stable shape, described in docs/inspect.md.
    #[arg(long)]
    json: bool,
}

impl Survey {
    pub(crate) fn run(&self) -> ExitCode {
        let mut paths = Vec::new();
        if let Err(error) = files(&self.folder, &mut paths) {
            eprintln!("cis survey: {}: {error}", self.folder.display());
            return ExitCode::from(2);
        }
        paths.sort();
        let mut surveyed = Vec::new();
        let mut others = 0;
        for path in paths {
            match fs::read(&path) {
                Ok(bytes) => {
                    let name = path.strip_prefix(&self.folder).unwrap_or(&path);
                    match Surveyed::of(&name.display().to_string(), &bytes) {
                        Some(file) => surveyed.push(file),
                        None => others += 1,
                    }
                }
                Err(error) => {
                    eprintln!("cis survey: {}: {error}", path.display());
                    return ExitCode::from(2);
                }
            }
        }
        let report = table::Report::new(surveyed, others);
        let output = if self.json {
            serde_json::to_string_pretty(&report)
                .map_or_else(|error| error.to_string(), |json| json + "\n")
        } else {
            report.to_markdown()
        };
        // A reader who has seen enough may close the pipe.
        let _ = io::stdout().write_all(output.as_bytes());
        ExitCode::SUCCESS
    }
}

/// Regular files only: a link could lead out of the folder, or around in it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files(&entry.path(), found)?;
        } else if kind.is_file() && entry.metadata()?.len() <= MAX_FILE_BYTES {
            found.push(entry.path());
        }
    }
    Ok(())
}
