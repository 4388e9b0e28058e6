//! AWS, as this system uses it: the only crate that names its SDK.
//!
//! In the order a function meets them: the [`env`]ironment is read, the [`tenant`] in it understood, [`secrets`] are
//! fetched, a [`notification`] points to a mail among the [`blobs`], what is decided is kept in the [`table`], others
//! hear of it by [`topics`] and [`queues`], and people by the [`mailer`]. The [`clock`] is the only one there is.
//!
//! What becomes of their mail SES tells by [`delivery_event`]s.
//!
//! Who calls the API is said by keys of issuers, read from the [`web`], or by keys of ours, made of what is [`random`].
//!
//! The local post office, which does by hand what SES does on AWS, reads its [`receipt_rules`] and
//! [`event_destinations`].
//!
//! Stored and sent values have shapes of their own ([`records`], here [`shape`]); the domain's types are never serialised.

pub mod blobs;
pub mod clock;
pub mod delivery_event;
pub mod env;
pub mod event_destinations;
pub mod inspect;
pub mod link_rules;
pub mod mailer;
pub mod notification;
pub mod queues;
pub mod random;
pub mod receipt_rules;
pub mod secrets;
pub mod table;
pub mod tenant;
pub mod topics;
pub mod upload;
pub mod web;

mod connector;
mod fault;

pub use fault::Fault;
pub use records as shape;

/// What every client is built from: region, credentials and endpoints of the process's environment.
///
/// `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` lead to a local cloud; `SSL_CERT_FILE` names the certificates
/// trusted there.
#[derive(Clone, Debug)]
pub struct Cloud {
    config: aws_config::SdkConfig,
}

impl Cloud {
    /// Reads it, once, at cold start. Nothing is sent anywhere yet.
    pub async fn from_env() -> Self {
        let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
        Self { config }
    }
}
