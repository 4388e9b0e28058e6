//! The functions, in the order of the data's path:
//! a mail comes in, what it asks is decided, what has changed is published, staged for each attendee and sent, the
//! organizer is notified, who asks for it is erased, and programs ask by API.
//!
//! One function, one file: what triggers it, what it needs, `handle` = load → decide → store. [`functions`] lists
//! them; `functions.json`, written from that list, is what the stacks are built from.

pub mod functions;
pub mod messages;
pub mod shell;

mod api;
mod decide;
mod erase;
mod mail_in;
mod notify;
mod publish;
mod send;
mod stage;

/// Runs the function of that handler until the platform ends it.
///
/// # Errors
/// An unknown handler, an incomplete environment, or the runtime's end.
pub async fn run(handler: &str) -> anyhow::Result<()> {
    let Some(function) = functions::of_handler(handler) else {
        anyhow::bail!(
            "_HANDLER is {handler:?}, which is no function; there are: {}",
            functions::handlers().join(", ")
        );
    };
    (function.run)().await
}
