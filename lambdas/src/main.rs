//! Runs the function its handler names.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambdas::shell::log_as_json();
    let handler = std::env::var("_HANDLER").unwrap_or_default();
    match lambdas::run(&handler).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            lambdas::shell::log_failure("the function cannot start", &error);
            ExitCode::FAILURE
        }
    }
}
