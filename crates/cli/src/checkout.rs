//! `cis tenants`, `cis dlq`, `cis doctor`: what needs the configuration of the tenants, which a checkout holds.
//!
//! The work is that of the checkout's scripts: they have the AWS SDK, the configuration's language and its packages.
//! This program is small and used without any of it, so it finds them and hands over.

use std::{
    env,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Args;

/// Where the checkout is, for who stands elsewhere.
const CHECKOUT: &str = "CIS_CHECKOUT";
/// What a checkout is known by, beside the script.
const TENANTS: &str = "infra/config/tenants";

/// What comes after the command is the script's.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct OfCheckout {
    /// As the script takes it; `--help` shows it.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENTS"
    )]
    arguments: Vec<OsString>,
}

impl OfCheckout {
    /// Runs `scripts/<script> <first…> <arguments…>` of the checkout; its exit code is ours.
    pub(crate) fn run(self, script: &str, first: &[&str]) -> ExitCode {
        let Some(program) = find(script) else {
            eprintln!(
                "cis: there is no scripts/{script} here: this command needs a checkout of the server, for its tenants' \
                 configuration. Run it within one, or name it by {CHECKOUT}."
            );
            return ExitCode::from(2);
        };
        match hand_over(Command::new(&program).args(first).args(self.arguments)) {
            Ok(code) => code,
            Err(error) => {
                eprintln!("cis: {} cannot be run: {error}", program.display());
                ExitCode::from(2)
            }
        }
    }
}

/// In the checkout that is named, or else in the nearest folder above that is one.
fn find(script: &str) -> Option<PathBuf> {
    if let Some(named) = env::var_os(CHECKOUT) {
        return script_of(Path::new(&named), script);
    }
    env::current_dir()
        .ok()?
        .ancestors()
        .find_map(|folder| script_of(folder, script))
}

fn script_of(folder: &Path, script: &str) -> Option<PathBuf> {
    let program = folder.join("scripts").join(script);
    (folder.join(TENANTS).is_dir() && program.is_file()).then_some(program)
}

/// The script takes this process's place, so that questions, colours and signals are its own.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(2);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(2)))
}
