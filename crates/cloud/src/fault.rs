use std::error::Error;

/// Something AWS did not do. Always worth another try: what cannot ever succeed is a value of the operation instead.
#[derive(Debug, thiserror::Error)]
#[error("could not {operation}")]
pub struct Fault {
    /// What was tried, as a verb phrase, e.g. `read the event`.
    pub operation: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl Fault {
    /// For `map_err`: what was being tried.
    pub(crate) fn during<E>(operation: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        move |source| Self {
            operation,
            source: source.into(),
        }
    }
}
