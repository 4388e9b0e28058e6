//! SES: raw mail out.

use aws_sdk_sesv2::{
    config::retry::RetryConfig,
    error::SdkError,
    operation::send_email::SendEmailError,
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};
use invite::letter::Letter;

use crate::{
    Cloud, Fault,
    delivery_event::{EVENT_TAG, LETTER_TAG, REVISION_TAG},
};

/// Sends letters under one configuration set.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    configuration_set: String,
}

/// What SES did with a letter.
#[derive(Debug)]
pub enum Sent {
    /// It took it, under this id.
    Accepted {
        /// SES's message id.
        ses_message_id: String,
    },
    /// It will never take it.
    Rejected {
        /// SES's name for the reason; no personal data.
        code: String,
    },
}

impl Mailer {
    /// Sends under the configuration set of that name.
    #[must_use]
    pub fn new(cloud: &Cloud, configuration_set: String) -> Self {
        Self {
            client: aws_sdk_sesv2::Client::new(&cloud.config),
            configuration_set,
        }
    }

    /// The same, but it offers each letter once: for whoever keeps a pace of his own.
    #[must_use]
    pub fn without_retries(&self) -> Self {
        let config = self.client.config().to_builder();
        let config = config.retry_config(RetryConfig::disabled()).build();
        Self {
            client: aws_sdk_sesv2::Client::from_conf(config),
            configuration_set: self.configuration_set.clone(),
        }
    }

    /// Sends one letter to its one recipient.
    ///
    /// # Errors
    /// [`Fault`] when it may be taken later: throttling, a pause of sending, the network.
    pub async fn send(&self, letter: &Letter) -> Result<Sent, Fault> {
        let operation = "send a mail";
        let raw = RawMessage::builder()
            .data(Blob::new(letter.raw.clone()))
            .build()
            .map_err(Fault::during(operation))?;
        let answer = self
            .client
            .send_email()
            .from_email_address(letter.from.address.as_str())
            .destination(
                Destination::builder()
                    .to_addresses(letter.to.address.as_str())
                    .build(),
            )
            .content(EmailContent::builder().raw(raw).build())
            .configuration_set_name(&self.configuration_set)
            .set_email_tags(tags(letter)?)
            .send()
            .await;
        match answer {
            Ok(taken) => Ok(Sent::Accepted {
                ses_message_id: taken.message_id().unwrap_or_default().to_owned(),
            }),
            Err(error) => match rejection(&error) {
                Some(code) => Ok(Sent::Rejected {
                    code: code.to_owned(),
                }),
                None => Err(Fault::during(operation)(error)),
            },
        }
    }
}

/// What names the letter in the events of its delivery. Tags show up in places of SES's where no address may stand; to
/// whom the mail goes, its events say by themselves.
fn tags(letter: &Letter) -> Result<Option<Vec<MessageTag>>, Fault> {
    let Some(told) = &letter.tells else {
        return Ok(None);
    };
    [
        (EVENT_TAG, told.uid.as_str()),
        (LETTER_TAG, told.letter),
        (REVISION_TAG, &told.revision.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| MessageTag::builder().name(name).value(value).build())
    .collect::<Result<_, _>>()
    .map(Some)
    .map_err(Fault::during("tag a mail"))
}

/// The reason, if this very mail can never be sent.
///
/// SES also calls it a rejected message when the *sending* identity is not verified, or not any more: a fault of ours
/// that is put right, and the mail waits for it.
fn rejection<R>(error: &SdkError<SendEmailError, R>) -> Option<&'static str> {
    let error = error.as_service_error()?;
    let is_ours = error
        .meta()
        .message()
        .is_some_and(|message| message.contains("not verified"));
    match error {
        SendEmailError::MessageRejected(_) if !is_ours => Some("MessageRejected"),
        SendEmailError::BadRequestException(_) => Some("BadRequestException"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::{
        error::{ErrorMetadata, SdkError},
        types::error::{BadRequestException, MessageRejected, TooManyRequestsException},
    };

    use super::*;

    fn rejected(message: &str) -> SendEmailError {
        let meta = ErrorMetadata::builder().message(message).build();
        SendEmailError::MessageRejected(MessageRejected::builder().meta(meta).build())
    }

    #[test]
    fn only_what_can_never_be_sent_is_a_rejection() {
        for (error, expected) in [
            (rejected("Illegal content"), Some("MessageRejected")),
            (rejected("Email address is not verified."), None),
            (
                SendEmailError::BadRequestException(BadRequestException::builder().build()),
                Some("BadRequestException"),
            ),
            (
                SendEmailError::TooManyRequestsException(
                    TooManyRequestsException::builder().build(),
                ),
                None,
            ),
        ] {
            let text = error.to_string();
            let error = SdkError::service_error(error, ());
            assert_eq!(rejection(&error), expected, "{text}");
        }
    }
}
