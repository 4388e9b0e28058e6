//! Connections of the SDK's own kind, for requests that none of its clients makes.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_http_client::default_connector;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector};

use crate::Fault;

/// Makes a client; nothing is asked yet.
///
/// # Errors
/// [`Fault`] when the SDK is built without one.
pub(crate) fn connector(
    config: &SdkConfig,
    connects_within: Duration,
) -> Result<SharedHttpConnector, Fault> {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(connects_within)
        .build();
    default_connector(&settings, config.sleep_impl())
        .ok_or("the SDK is built without an HTTP client")
        .map_err(Fault::during("make an HTTP client"))
}
