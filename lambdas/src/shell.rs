//! What all functions share: one message lifted to a batch, a stream's batch, requests; and logs.
//!
//! A function reads its environment and builds its clients before it serves: a cold start has a full processor, and a
//! name that is missing is told at once.

mod again;
mod http;
mod log;
mod own_letters;
mod queue;
mod start;
mod stream;

use std::time::Duration;

pub(crate) use http::{
    CalendarBody, Described, Failed, FormBody, IdentityShape, JsonBody, Kind, OptionalCalendar,
    OptionalJson, Page, Parameters, Problem, RawBody, RequestId, SourceIp, all_of, is_as_seen,
    serve_api, serve_http, tag, whole,
};
pub(crate) use log::{about_event, about_mail, because};
pub use log::{log_as_json, log_failure};
pub(crate) use queue::{Handled, Message, serve_queue};
pub(crate) use start::{PostOffice, Started};
pub(crate) use stream::{Change, Stopped, serve_shard, serve_stream};

/// How long a call goes on with work that another call can take up: well within its function's timeout of 300 s.
pub(crate) const WORKS_FOR: Duration = Duration::from_secs(200);

/// Changes and requests as the platform sends them, for the tests of functions.
#[cfg(test)]
pub(crate) mod tests {
    pub(crate) use super::{
        http::{ProblemDocument, tests::ask},
        stream::tests::change,
    };
}
