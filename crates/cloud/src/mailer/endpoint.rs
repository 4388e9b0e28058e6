//! Where SES is.

use aws_config::SdkConfig;
use aws_sdk_sesv2::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_types::service_config::ServiceConfigKey;

use super::request::PATH;
use crate::Fault;

/// Where mails go, and for which region requests are signed.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) url: String,
    pub(super) region: String,
}

impl Endpoint {
    /// As the SDK finds it: by `AWS_ENDPOINT_URL_SESV2`, `AWS_ENDPOINT_URL`, or its own rules for the region.
    pub(super) async fn of(config: &SdkConfig) -> Result<Self, Fault> {
        let operation = "find SES";
        let region = config
            .region()
            .ok_or("no region is set")
            .map_err(Fault::during(operation))?
            .as_ref();
        let key = ServiceConfigKey::builder()
            .service_id("SESv2")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .map_err(Fault::during(operation))?;
        let of_ses = config
            .service_config()
            .and_then(|service| service.load_config(key));
        let params = Params::builder()
            .region(region)
            .set_use_dual_stack(config.use_dual_stack())
            .set_use_fips(config.use_fips())
            .set_endpoint(of_ses.or_else(|| config.endpoint_url().map(str::to_owned)))
            .build()
            .map_err(Fault::during(operation))?;
        let resolver: &dyn ResolveEndpoint = &DefaultResolver::new();
        let found = resolver
            .resolve_endpoint(&params)
            .await
            .map_err(Fault::during(operation))?;
        Ok(Self {
            url: [found.url().trim_end_matches('/'), PATH].concat(),
            region: region.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_config::Region;

    use super::*;

    async fn url(config: aws_types::sdk_config::Builder) -> String {
        let config = config.region(Region::new("eu-central-1")).build();
        Endpoint::of(&config).await.unwrap().url
    }

    #[tokio::test]
    async fn it_is_the_regions_unless_another_is_named() {
        assert_eq!(
            url(SdkConfig::builder()).await,
            "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails"
        );
        let here = SdkConfig::builder().endpoint_url("https://localhost:4566/");
        assert_eq!(
            url(here).await,
            "https://localhost:4566/v2/email/outbound-emails"
        );
    }

    #[tokio::test]
    async fn without_a_region_there_is_none() {
        let found = Endpoint::of(&SdkConfig::builder().build()).await;
        assert_eq!(found.unwrap_err().operation, "find SES");
    }
}
