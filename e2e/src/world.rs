//! The deployed stack with everything a person, and somebody looking over the system's shoulder, has of it.

use std::{env, process::Command};

use crate::{
    api::Api,
    fault::Fault,
    mailbox::Mailbox,
    post::Post,
    records::Records,
    stack::{Stack, StackError},
};

/// Mail in, mail out, the API, and the table.
#[derive(Clone)]
pub struct World {
    /// Where it is.
    pub stack: Stack,
    /// Mail in.
    pub post: Post,
    /// Mail out.
    pub mailbox: Mailbox,
    /// The API, as administrator.
    pub api: Api,
    /// The table.
    pub records: Records,
}

/// Why nothing can be walked.
#[derive(Debug, thiserror::Error)]
pub enum NoWorld {
    /// No stack, or one that is not to be used.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// Its parts cannot be used.
    #[error(transparent)]
    Part(#[from] Fault),
    /// The program could not start itself again.
    #[error("could not start again with the stack's environment")]
    Restart(#[source] std::io::Error),
}

/// What [`enter`] found.
pub enum Entered {
    /// This process has the stack's environment.
    Here(Box<World>),
    /// A child process with that environment did the work and ended with this code.
    Elsewhere(u8),
}

/// Takes up the stack that is found. Cloud clients read their endpoint and trust from the process's environment, which
/// must not be changed while threads run: so the program starts itself once more with it.
///
/// # Errors
/// [`NoWorld`].
pub async fn enter() -> Result<Entered, NoWorld> {
    let stack = Stack::find()?;
    stack.answers().await?;
    let is_entered = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "SSL_CERT_FILE"]
        .iter()
        .all(|name| env::var(name).ok().as_ref() == stack.values.get(*name));
    if is_entered {
        return Ok(Entered::Here(Box::new(World::of(stack).await?)));
    }
    let this = env::current_exe().map_err(NoWorld::Restart)?;
    let status = Command::new(this)
        .args(env::args_os().skip(1))
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .envs(&stack.values)
        .status()
        .map_err(NoWorld::Restart)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(Entered::Elsewhere(code.unwrap_or(1)))
}

impl World {
    async fn of(stack: Stack) -> Result<Self, Fault> {
        Ok(Self {
            post: Post::new(stack.smtp),
            mailbox: Mailbox::new(stack.mailbox.clone())?,
            api: Api::new(&stack)?,
            records: Records::new(&stack).await,
            stack,
        })
    }
}
