//! `cis letters preview`: every letter the server writes, to be looked at in a browser.

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
use minijinja::{Environment, context};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  cis letters preview                               ours, into letters-preview/
  cis letters preview --language de                 in German
  cis letters preview --templates acme/letters      with a tenant's own in the place of ours
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
}

#[derive(Args)]
struct PreviewLetters {
    /// Where to; what is there of the same names is written over.
    #[arg(long, default_value = "letters-preview")]
    out: PathBuf,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Written::En)]
    language: Written,
    /// A tenant's own templates, named as in `email-templates/`: `invite/body.html.j2`, `base.html.j2`, …
    #[arg(long)]
    templates: Option<PathBuf>,
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

/// What `--json` prints.
#[derive(Serialize)]
struct Shown<'a> {
    letters: Vec<Texts<'a>>,
    not_used: Vec<Broken<'a>>,
}

#[derive(Serialize)]
struct Texts<'a> {
    name: &'a str,
    subject: &'a str,
    plain: &'a str,
    html: &'a str,
}

#[derive(Serialize)]
struct Broken<'a> {
    file: &'a str,
    why: &'a str,
}

impl Letters {
    pub(crate) fn run(&self) -> ExitCode {
        let LettersCommand::Preview(preview) = &self.command;
        match preview.show() {
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
        let own = match &self.templates {
            Some(folder) => templates_in(folder)?,
            None => Vec::new(),
        };
        let own = own
            .iter()
            .map(|(file, source)| (file.as_str(), source.as_str()));
        let (templates, not_used) = Templates::with_own(self.language.into(), own);
        let letters = templates.previews().map_err(|error| error.to_string())?;
        if self.json {
            let json = serde_json::to_string_pretty(&shown(&letters, &not_used));
            println!("{}", json.map_err(|error| error.to_string())?);
            return Ok(not_used);
        }
        self.write(&letters, &not_used)?;
        println!(
            "{} letters; open {}",
            letters.len(),
            self.out.join("index.html").display()
        );
        Ok(not_used)
    }

    fn write(&self, letters: &[Preview], not_used: &[NotUsed]) -> Result<(), String> {
        let at = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
        fs::create_dir_all(&self.out).map_err(|error| at(&self.out, error))?;
        let write = |name: &str, text: &str| {
            let path = self.out.join(name);
            fs::write(&path, text).map_err(|error| at(&path, error))
        };
        for letter in letters {
            write(&format!("{}.html", letter.name), &letter.html)?;
            write(&format!("{}.txt", letter.name), &letter.plain)?;
        }
        write("index.html", &index(letters, not_used)?)
    }
}

fn shown<'a>(letters: &'a [Preview], not_used: &'a [NotUsed]) -> Shown<'a> {
    let texts = letters.iter().map(|letter| Texts {
        name: letter.name,
        subject: &letter.subject,
        plain: &letter.plain,
        html: &letter.html,
    });
    let not_used = not_used.iter().map(|one| Broken {
        file: &one.file,
        why: &one.why,
    });
    Shown {
        letters: texts.collect(),
        not_used: not_used.collect(),
    }
}

/// The page that shows all of them.
fn index(letters: &[Preview], not_used: &[NotUsed]) -> Result<String, String> {
    let mut environment = Environment::new();
    let rendered = environment
        .add_template("index.html", include_str!("letters/index.html"))
        .and_then(|()| {
            environment
                .get_template("index.html")?
                .render(context! { ..minijinja::Value::from_serialize(shown(letters, not_used)) })
        });
    rendered.map_err(|error| error.to_string())
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
        } else if name.ends_with(".j2") {
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
