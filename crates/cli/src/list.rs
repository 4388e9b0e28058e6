//! `cis list FILE`: whom a list of people would invite, and which rows it would not.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use invite::{
    language::Language,
    mail::csv::{Row, Rows},
};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  cis list guests.csv                 whom it invites and what is wrong with it, for people
  cis list --json guests.csv          the same for programs, one JSON object a line (docs/list.md)
  cis list --json - < guests.csv      from standard input

Exit codes: 0 every row names somebody; 1 some row does not; 2 the file cannot be read.";

/// Show whom a list of people (CSV) would invite, row by row, and why a row would invite nobody. Nothing is sent or
/// stored.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct List {
    /// A list as a spreadsheet or a contact book exports it; `-` reads standard input.
    file: PathBuf,
    /// Print one JSON object a line, described in docs/list.md.
    #[arg(long)]
    json: bool,
}

/// A line of the output; the shape is promised in docs/list.md.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Row {
        row: u64,
        line: u64,
        address: Option<&'a str>,
        name: Option<&'a str>,
        problem: Option<String>,
    },
    Summary {
        rows: u64,
        invited: u64,
        problems: u64,
    },
}

impl List {
    pub(crate) fn run(&self) -> ExitCode {
        let mut output = BufWriter::new(io::stdout().lock());
        match self.show(&mut output) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(_) => ExitCode::from(1),
            // A reader who has seen enough may close the pipe.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cis list: {}: {error}", self.file.display());
                ExitCode::from(2)
            }
        }
    }

    /// How many rows have a problem.
    fn show(&self, output: &mut impl Write) -> io::Result<u64> {
        let (mut rows, mut problems) = (0, 0);
        for row in Rows::new(open(&self.file)?)? {
            let row = row?;
            rows += 1;
            problems += u64::from(row.mailbox.is_err());
            self.write(output, &shown(&row))?;
        }
        self.write(
            output,
            &Shown::Summary {
                rows,
                invited: rows - problems,
                problems,
            },
        )?;
        output.flush()?;
        Ok(problems)
    }

    fn write(&self, output: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *output, shown)?;
            return writeln!(output);
        }
        match shown {
            Shown::Row {
                line,
                address: Some(address),
                name,
                ..
            } => match name {
                Some(name) => writeln!(output, "line {line}: {name} <{address}>"),
                None => writeln!(output, "line {line}: {address}"),
            },
            Shown::Row { line, problem, .. } => {
                writeln!(
                    output,
                    "line {line}: nobody, {}",
                    problem.as_deref().unwrap_or_default()
                )
            }
            Shown::Summary {
                rows,
                invited,
                problems,
            } => writeln!(
                output,
                "{rows} rows: {invited} to invite, {problems} with a problem"
            ),
        }
    }
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path)?)
    })
}

fn shown(row: &Row) -> Shown<'_> {
    let mailbox = row.mailbox.as_ref().ok();
    Shown::Row {
        row: row.number,
        line: row.line,
        address: mailbox.map(|mailbox| mailbox.address.as_str()),
        name: mailbox.and_then(|mailbox| mailbox.name.as_deref()),
        problem: row
            .mailbox
            .as_ref()
            .err()
            .map(|problem| problem.why.in_words(Language::English)),
    }
}
