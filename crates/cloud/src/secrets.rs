//! Secrets, read once at cold start.

use invite::id::TenantKey;

use crate::{Cloud, Fault};

/// Reads the tenant's key from the secret of this ARN, as [`TenantKey::parse`] says.
///
/// # Errors
/// [`Fault`] when it cannot be read, has no string, or is too short to be a key.
pub async fn tenant_key(cloud: &Cloud, secret_arn: &str) -> Result<TenantKey, Fault> {
    let operation = "read the tenant's key";
    let secret = aws_sdk_secretsmanager::Client::new(&cloud.config)
        .get_secret_value()
        .secret_id(secret_arn)
        .send()
        .await
        .map_err(Fault::during(operation))?;
    let text = secret
        .secret_string()
        .ok_or("the secret has no string")
        .map_err(Fault::during(operation))?;
    TenantKey::parse(text).map_err(Fault::during(operation))
}
