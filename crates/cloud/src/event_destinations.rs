//! Where SES tells of what becomes of the mail sent under a configuration set. Asked by the local post office only; on
//! AWS SES itself does the telling.

use aws_sdk_sesv2::operation::get_configuration_set_event_destinations::GetConfigurationSetEventDestinationsError;

use crate::{Cloud, Fault};

/// A topic that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTopic {
    /// Its ARN.
    pub arn: String,
    /// Of what it is told, as SES's API has it: `SEND`, `BOUNCE`, `DELIVERY_DELAY`.
    pub events: Vec<String>,
}

/// The configuration sets of the account.
#[derive(Clone, Debug)]
pub struct EventDestinations {
    client: aws_sdk_sesv2::Client,
}

impl EventDestinations {
    /// Those there are.
    #[must_use]
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            client: aws_sdk_sesv2::Client::new(&cloud.config),
        }
    }

    /// The topics that are told of mail under this configuration set; none when there is no such set.
    ///
    /// # Errors
    /// [`Fault`] when SES does not answer.
    pub async fn topics(&self, configuration_set: &str) -> Result<Vec<EventTopic>, Fault> {
        let answer = self
            .client
            .get_configuration_set_event_destinations()
            .configuration_set_name(configuration_set)
            .send()
            .await;
        let destinations = match answer {
            Ok(answer) => answer.event_destinations.unwrap_or_default(),
            Err(error)
                if error.as_service_error().is_some_and(
                    GetConfigurationSetEventDestinationsError::is_not_found_exception,
                ) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => {
                return Err(Fault::during("read where SES tells of events")(error));
            }
        };
        Ok(destinations
            .into_iter()
            .filter(|destination| destination.enabled)
            .filter_map(|destination| {
                Some(EventTopic {
                    arn: destination.sns_destination?.topic_arn,
                    events: destination
                        .matching_event_types
                        .iter()
                        .map(|kind| kind.as_str().to_owned())
                        .collect(),
                })
            })
            .collect())
    }
}
