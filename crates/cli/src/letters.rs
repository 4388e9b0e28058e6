//! `cis letters preview`: every letter the server writes, to be looked at in a browser. `cis letters bundle`: a tenant's own
//! templates, checked, in one file.

mod bundle;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand, ValueEnum};
use invite::{
    language::Language,
    letter::{MAX_TEMPLATE_BYTES, NotUsed, Preview, Templates},
};
use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  cis letters preview                               ours, in every language, into letters-preview/
  cis letters preview --language de                 only in German
  cis letters preview --own acme/letters            with a tenant's own in the place of ours
  cis letters preview --json                        the texts themselves, for programs

Exit codes: 0 all are there; 1 a template of the tenant's cannot be used, and ours is shown; 2 a file cannot be read or
written.";

/// Templates are looked for in folders of this depth: `base.html.j2`, `invite/body.html.j2`.
const DEPTH: usize = 2;

/// Letters, as people get them.
#[derive(Args)]
pub(crate) struct Letters {
    #[command(subcommand)]
    command: LettersCommand,
}

#[derive(Subcommand)]
enum LettersCommand {
    /// Write every letter, made with its sample, to a folder, and a page that shows all of them side by side: on a
    /// screen, on a phone, in the dark, as plain text. Nothing is sent.
    #[command(after_help = EXAMPLES)]
    Preview(PreviewLetters),
    /// Check a tenant's own templates and put them into one file, as it goes into the tenant's bucket. Nothing is written
    /// unless all is right.
    #[command(after_help = bundle::EXAMPLES)]
    Bundle(bundle::BundleLetters),
}

#[derive(Args)]
struct PreviewLetters {
    /// Where to; what is there of the same names is written over.
    #[arg(long, default_value = "letters-preview")]
    out: PathBuf,
    /// In which language; in all of them unless one is named.
    #[arg(long, value_enum)]
    language: Option<Written>,
    /// A tenant's own templates, named as in `email-templates/`: `invite/body.html.j2`, `base.html.j2`, `en.ftl`, …
    #[arg(long, alias = "templates", value_name = "FOLDER")]
    own: Option<PathBuf>,
    /// Print the texts as JSON and write nothing.
    #[arg(long)]
    json: bool,
}

/// A language by its code.
#[derive(Clone, Copy, ValueEnum)]
enum Written {
    En,
    De,
}

impl From<Written> for Language {
    fn from(written: Written) -> Self {
        match written {
            Written::En => Self::English,
            Written::De => Self::German,
        }
    }
}

/// That one, or all.
fn languages(named: Option<Written>) -> Vec<Language> {
    named.map_or_else(|| Language::ALL.to_vec(), |language| vec![language.into()])
}

/// What `--json` prints.
#[derive(Serialize)]
struct Shown<'a> {
    letters: Vec<Texts<'a>>,
    not_used: Vec<Broken<'a>>,
}

#[derive(Serialize)]
struct Texts<'a> {
    name: &'a str,
    language: &'static str,
    subject: &'a str,
    plain: &'a str,
    html: &'a str,
}

#[derive(Serialize)]
struct Broken<'a> {
    language: &'static str,
    file: &'a str,
    line: Option<usize>,
    why: &'a str,
}

impl<'a> Broken<'a> {
    fn of(language: &'static str, broken: &'a NotUsed) -> Self {
        Self {
            language,
            file: &broken.file,
            line: broken.line,
            why: &broken.why,
        }
    }
}

/// Every letter in a language.
struct InLanguage {
    language: Language,
    letters: Vec<Preview>,
    not_used: Vec<NotUsed>,
}

impl Letters {
    pub(crate) fn run(&self) -> ExitCode {
        let done = match &self.command {
            LettersCommand::Preview(preview) => preview.show(),
            LettersCommand::Bundle(bundle) => return bundle.run(),
        };
        match done {
            Ok(not_used) if not_used.is_empty() => ExitCode::SUCCESS,
            Ok(not_used) => {
                for one in not_used {
                    eprintln!("cis letters: {one}");
                }
                ExitCode::from(1)
            }
            Err(error) => {
                eprintln!("cis letters: {error}");
                ExitCode::from(2)
            }
        }
    }
}

impl PreviewLetters {
    fn show(&self) -> Result<Vec<NotUsed>, String> {
        let own = match &self.own {
            Some(folder) => templates_in(folder)?,
            None => Vec::new(),
        };
        let written = languages(self.language).into_iter().map(|language| {
            let own = own
                .iter()
                .map(|(file, source)| (file.as_str(), source.as_str()));
            let (templates, not_used) = Templates::with_own(language, own, |_| {});
            let letters = templates.previews().map_err(|error| error.to_string())?;
            Ok(InLanguage {
                language,
                letters,
                not_used,
            })
        });
        let written = written.collect::<Result<Vec<_>, String>>()?;
        if self.json {
            let json = serde_json::to_string_pretty(&shown(&written));
            println!("{}", json.map_err(|error| error.to_string())?);
        } else {
            self.write(&written)?;
            println!(
                "{} letters; open {}",
                written.iter().map(|one| one.letters.len()).sum::<usize>(),
                self.out.join("index.html").display()
            );
        }
        Ok(told_once(written))
    }

    fn write(&self, written: &[InLanguage]) -> Result<(), String> {
        let at = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
        let write = |name: &str, text: &str| {
            let path = self.out.join(name);
            fs::write(&path, text).map_err(|error| at(&path, error))
        };
        for one in written {
            let code = one.language.code();
            let folder = self.out.join(code);
            fs::create_dir_all(&folder).map_err(|error| at(&folder, error))?;
            for letter in &one.letters {
                write(&format!("{code}/{}.html", letter.name), &letter.html)?;
                write(&format!("{code}/{}.txt", letter.name), &letter.plain)?;
            }
        }
        write(
            "index.html",
            &page(include_str!("letters/index.html"), written)?,
        )?;
        write(
            "sheet.html",
            &page(include_str!("letters/sheet.html"), written)?,
        )
    }
}

fn shown(written: &[InLanguage]) -> Shown<'_> {
    Shown {
        letters: written.iter().flat_map(texts).collect(),
        not_used: written.iter().flat_map(broken).collect(),
    }
}

fn texts(one: &InLanguage) -> impl Iterator<Item = Texts<'_>> {
    one.letters.iter().map(|letter| Texts {
        name: letter.name,
        language: one.language.code(),
        subject: &letter.subject,
        plain: &letter.plain,
        html: &letter.html,
    })
}

fn broken(one: &InLanguage) -> impl Iterator<Item = Broken<'_>> {
    let broken = one.not_used.iter();
    broken.map(|broken| Broken::of(one.language.code(), broken))
}

/// What works in no language is told once.
fn told_once(written: Vec<InLanguage>) -> Vec<NotUsed> {
    let mut told = Vec::new();
    for not_used in written.into_iter().flat_map(|one| one.not_used) {
        if !told.contains(&not_used) {
            told.push(not_used);
        }
    }
    told
}

/// A page that shows all of them.
fn page(source: &str, written: &[InLanguage]) -> Result<String, String> {
    let languages: Vec<_> = written
        .iter()
        .map(|one| context! { code => one.language.code(), letters => texts(one).collect::<Vec<_>>() })
        .collect();
    let not_used: Vec<_> = written.iter().flat_map(broken).collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment
        .render_str(source, context! { languages, not_used })
        .map_err(|error| error.to_string())
}

/// Every template in a folder, with its name as in `email-templates/`, in order.
fn templates_in(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    walk(folder, "", &mut found, DEPTH)
        .map_err(|(path, error)| format!("{}: {error}", path.display()))?;
    found.sort();
    Ok(found)
}

fn walk(
    folder: &Path,
    prefix: &str,
    found: &mut Vec<(String, String)>,
    depth: usize,
) -> Result<(), (PathBuf, io::Error)> {
    let fault = |error: io::Error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if path.is_dir() && depth > 1 {
            walk(&path, &format!("{name}/"), found, depth - 1)?;
        } else if name.ends_with(".j2") || name.ends_with(".ftl") {
            let fault = |error: io::Error| (path.clone(), error);
            let size = fs::metadata(&path).map_err(fault)?.len();
            if size > MAX_TEMPLATE_BYTES as u64 {
                let error = io::Error::other(format!("larger than {MAX_TEMPLATE_BYTES} bytes"));
                return Err((path, error));
            }
            found.push((name, fs::read_to_string(&path).map_err(fault)?));
        }
    }
    Ok(())
}
