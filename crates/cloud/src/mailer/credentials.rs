//! As whom SES is asked.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError,
};
use aws_smithy_runtime_api::client::identity::Identity;
use tokio::sync::Mutex;

use crate::Fault;

/// So long before they expire they are asked for again: a request under way must still be taken.
const RENEWED_BEFORE: Duration = Duration::from_mins(1);

/// Credentials of the process, kept as long as they hold. A function's hold as long as its process lives.
#[derive(Debug)]
pub(super) struct Credentials {
    provider: SharedCredentialsProvider,
    kept: Mutex<Option<Identity>>,
}

impl Credentials {
    pub(super) fn of(config: &SdkConfig) -> Result<Self, Fault> {
        let provider = config
            .credentials_provider()
            .ok_or("there is nobody to ask for credentials")
            .map_err(Fault::during("sign in to SES"))?;
        Ok(Self {
            provider,
            kept: Mutex::default(),
        })
    }

    /// Those to sign with now.
    pub(super) async fn at(&self, now: SystemTime) -> Result<Identity, CredentialsError> {
        let mut kept = self.kept.lock().await;
        let holds = |identity: &&Identity| {
            let expires = identity.expiration();
            expires.is_none_or(|at| now + RENEWED_BEFORE < at)
        };
        if let Some(identity) = kept.as_ref().filter(holds) {
            return Ok(identity.clone());
        }
        let renewed = self.provider.provide_credentials().await?;
        Ok(kept.insert(renewed.into()).clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use aws_credential_types::{Credentials as Keys, provider::future};

    use super::*;

    /// Hands out keys that hold for an hour, and never the same twice.
    #[derive(Debug, Default)]
    struct Hourly(AtomicU64);

    impl ProvideCredentials for Hourly {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            let expires = SystemTime::UNIX_EPOCH + Duration::from_hours(asked + 1);
            let keys = Keys::new(
                format!("key-{asked}"),
                "secret",
                None,
                Some(expires),
                "test",
            );
            future::ProvideCredentials::ready(Ok(keys))
        }
    }

    #[tokio::test]
    async fn they_are_kept_until_shortly_before_they_expire() {
        let provider = SharedCredentialsProvider::new(Hourly::default());
        let config = SdkConfig::builder().credentials_provider(provider).build();
        let credentials = Credentials::of(&config).unwrap();
        let mut used = Vec::new();
        for minute in [0, 30, 58, 59, 60, 118, 119] {
            let now = SystemTime::UNIX_EPOCH + Duration::from_mins(minute);
            let identity = credentials.at(now).await.unwrap();
            let keys = identity.data::<Keys>().unwrap();
            used.push((minute, keys.access_key_id().to_owned()));
        }
        let expected = [
            "key-0", "key-0", "key-0", "key-1", "key-1", "key-1", "key-2",
        ];
        assert_eq!(
            used.iter().map(|(_, key)| key).collect::<Vec<_>>(),
            expected,
            "{used:?}"
        );
    }
}
