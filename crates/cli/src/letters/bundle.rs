use std::{fs, path::PathBuf, process::ExitCode};

use clap::Args;
use invite::letter::{Bundle, NotUsed, Templates};
use serde::Serialize;

use super::{Broken, Written, languages, templates_in};

pub(super) const EXAMPLES: &str = "\
Examples:
  cis letters bundle acme/letters --out templates.json     checked, and all in one file
  cis letters bundle acme/letters --language de            only checked, as it reads in German
  cis letters bundle acme/letters --json                   what is wrong, for programs

docs/letters.md says how it gets to the tenant, and how to go back.

Exit codes: 0 all is right; 1 something is wrong, and nothing is written; 2 a file cannot be read or written.";

#[derive(Args)]
pub(super) struct BundleLetters {
    /// A tenant's own templates, named as in `email-templates/`.
    folder: PathBuf,
    /// The file to write; without it templates are only checked.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Checked as they read in this language; in all of them unless one is named.
    #[arg(long, value_enum)]
    language: Option<Written>,
    /// Print what came of it as JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    /// What the bundle has.
    files: Vec<&'a str>,
    bytes: usize,
    /// What is wrong.
    faults: Vec<Broken<'a>>,
}

impl BundleLetters {
    pub(super) fn run(&self) -> ExitCode {
        match self.bundle() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => {
                eprintln!("cis letters: {error}");
                ExitCode::from(2)
            }
        }
    }

    /// Whether all is right.
    fn bundle(&self) -> Result<bool, String> {
        let files = templates_in(&self.folder)?;
        if files.is_empty() {
            return Err(format!(
                "{}: no templates; they are named as in email-templates/: invite/body.html.j2, base.html.j2, en.ftl",
                self.folder.display()
            ));
        }
        let bundle = Bundle::of(files);
        let json = bundle.to_json().map_err(|error| error.to_string())?;
        let mut faults: Vec<(&'static str, NotUsed)> = Vec::new();
        for language in languages(self.language) {
            let found = Templates::faults_of(language, &bundle);
            faults.extend(found.into_iter().map(|fault| (language.code(), fault)));
        }
        if json.len() as u64 > Bundle::MAX_BYTES {
            let why = format!(
                "all templates together may have {} bytes",
                Bundle::MAX_BYTES
            );
            let file = self.folder.display().to_string();
            faults.push((
                "",
                NotUsed {
                    file,
                    line: None,
                    why,
                },
            ));
        }
        let is_right = faults.is_empty();
        if is_right && let Some(out) = &self.out {
            fs::write(out, &json).map_err(|error| format!("{}: {error}", out.display()))?;
        }
        if self.json {
            let checked = Checked {
                files: bundle.files().map(|(name, _)| name).collect(),
                bytes: json.len(),
                faults: faults
                    .iter()
                    .map(|(language, fault)| Broken::of(language, fault))
                    .collect(),
            };
            let checked = serde_json::to_string_pretty(&checked);
            println!("{}", checked.map_err(|error| error.to_string())?);
        } else if is_right {
            let count = bundle.files().count();
            match &self.out {
                Some(out) => println!("{count} files, {} bytes: {}", json.len(), out.display()),
                None => println!("{count} files, {} bytes: all is right", json.len()),
            }
        } else {
            self.tell(&faults);
        }
        Ok(is_right)
    }

    /// What is wrong in every language is told once.
    fn tell(&self, faults: &[(&'static str, NotUsed)]) {
        let checked = languages(self.language).len();
        let mut told: Vec<&NotUsed> = Vec::new();
        for (_, fault) in faults {
            if told.contains(&fault) {
                continue;
            }
            told.push(fault);
            let NotUsed { file, why, .. } = fault;
            let of: Vec<_> = faults.iter().filter(|(_, one)| one == fault).collect();
            match of.as_slice() {
                [(language, _)] if checked > 1 && !language.is_empty() => {
                    eprintln!("cis letters: {file}: {why} (in {language})");
                }
                _ => eprintln!("cis letters: {file}: {why}"),
            }
        }
    }
}
