//! `cis erase EMAIL`: a person who was invited is erased, asked of the API by an administrator.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{api::Api, follow::follow};

const EXAMPLES: &str = "\
Examples:
  cis erase bob@b.example --api URL --token-file F            begins it, or shows the one that runs
  cis erase bob@b.example --wait --api URL --token-file F     the same, until nothing is left
  cis erase bob@b.example … --wait --json                     as the API answers, one JSON object a line (docs/api.md)

What it takes away, and what it cannot, stands in docs/operations.md under \"Somebody asks to be erased\". Twice is harmless.
The token is an administrator's; the certificate must be one the system trusts, or SSL_CERT_FILE names.

Exit codes: 0 it runs, or with --wait is done; 1 the API says no, and why; 2 it could not be asked.";

/// Erase a person who was invited: invitations, answers, and the mails they came in.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Erase {
    /// The person's address.
    email: String,
    /// Where the API is, https://….
    #[arg(long, value_name = "URL", env = "CIS_API")]
    api: String,
    /// A file with an administrator's token.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Print what the API answers, one JSON object a line, described in docs/api.md.
    #[arg(long)]
    json: bool,
    /// Ask every two seconds until it is done.
    #[arg(long)]
    wait: bool,
}

impl Erase {
    pub(crate) fn run(&self) -> ExitCode {
        let mut output = io::stdout().lock();
        match self.erase(&mut output) {
            Ok(code) => code,
            Err(why) => {
                eprintln!("cis erase: {why}");
                ExitCode::from(2)
            }
        }
    }

    fn erase(&self, output: &mut impl Write) -> Result<ExitCode, String> {
        let api = Api::new(&self.api, &self.token_file)?;
        let ends = |answer: &Value| !self.wait || text(answer, "state") == "done";
        follow(
            "cis erase",
            api.post("/system/erasures", &json!({"email": self.email}))?,
            |answer| api.ask(&format!("/system/erasures/{}", text(answer, "id"))),
            ends,
            |answer| self.write(output, answer, ends(answer)),
        )
    }

    fn write(&self, output: &mut impl Write, answer: &Value, ends: bool) -> io::Result<()> {
        if self.json {
            writeln!(output, "{answer}")?;
        } else if ends {
            show(output, answer)?;
        } else {
            let items = number(answer, "items");
            writeln!(output, "{}: {items} items", text(answer, "state"))?;
        }
        output.flush()
    }
}

/// What was taken away: the name in the API, and in words.
const COUNTS: [(&str, &str); 5] = [
    ("events", "events left"),
    ("mentions", "named no more by"),
    ("mails", "mails deleted"),
    ("refused", "refusals forgotten"),
    ("items", "items looked at"),
];

fn show(output: &mut impl Write, erasure: &Value) -> io::Result<()> {
    let mut line = |name: &str, value: &str| writeln!(output, "{name:20}{value}");
    line("erasure", &text(erasure, "id"))?;
    line("state", &text(erasure, "state"))?;
    line("asked by", &text(erasure, "asked_by"))?;
    for (name, at) in [("asked", "created"), ("done", "done")] {
        let at = erasure.get(at).and_then(Value::as_i64);
        if let Some(at) = at.and_then(|at| Timestamp::from_second(at).ok()) {
            line(name, &at.to_string())?;
        }
    }
    for (name, words) in COUNTS {
        line(words, &number(erasure, name).to_string())?;
    }
    Ok(())
}

fn text(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}
