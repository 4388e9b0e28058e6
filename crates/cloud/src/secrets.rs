//! Secrets, read once at cold start.

use invite::id::TenantKey;

use crate::{Cloud, Fault};

/// Reads the tenant's key from the secret of this ARN, as [`TenantKey::parse`] says.
///
/// # Errors
/// [`Fault`] when it cannot be read, has no string, or is too short to be a key.
pub async fn tenant_key(cloud: &Cloud, secret_arn: &str) -> Result<TenantKey, Fault> {
    let operation = "read the tenant's key";
    let text = string_of(operation, cloud, secret_arn).await?;
    TenantKey::parse(&text).map_err(Fault::during(operation))
}

/// The string of the secret of this ARN.
///
/// # Errors
/// [`Fault`] when it cannot be read or has no string.
pub async fn text(cloud: &Cloud, secret_arn: &str) -> Result<String, Fault> {
    string_of("read a secret", cloud, secret_arn).await
}

async fn string_of(
    operation: &'static str,
    cloud: &Cloud,
    secret_arn: &str,
) -> Result<String, Fault> {
    let secret = aws_sdk_secretsmanager::Client::new(&cloud.config)
        .get_secret_value()
        .secret_id(secret_arn)
        .send()
        .await
        .map_err(Fault::during(operation))?;
    secret
        .secret_string
        .ok_or("the secret has no string")
        .map_err(Fault::during(operation))
}
