//! What SES says to a mail.

use serde::Deserialize;
use serde_json::Value;

use super::Sent;

/// Errors that go away by themselves, under names of AWS's own that not only SES uses.
const PASSING: [&str; 6] = [
    "LimitExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ThrottlingException",
    "TooManyRequestsException",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    #[serde(default)]
    message_id: String,
}

/// That it has taken it.
pub(super) fn accepted(body: &[u8]) -> serde_json::Result<Sent> {
    let taken: Taken = serde_json::from_slice(body)?;
    Ok(Sent::Accepted {
        ses_message_id: taken.message_id,
    })
}

/// That it has not.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("SES answers {status} {code}: {message}")]
pub(super) struct Refusal {
    status: u16,
    /// SES's name for the reason, `MessageRejected`; empty where the answer has none.
    code: String,
    message: String,
}

impl Refusal {
    /// `named`: what the header `x-amzn-ErrorType` says, if there is one.
    pub(super) fn read(status: u16, named: Option<&str>, body: &[u8]) -> Self {
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |names: &[&str]| names.iter().find_map(|name| said.get(name)?.as_str());
        let code = named.or_else(|| field(&["code", "__type"]));
        Self {
            status,
            code: code.map(bare).unwrap_or_default().to_owned(),
            message: field(&["message", "Message"])
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The reason, if this very mail can never be sent.
    ///
    /// SES also calls it a rejected message when the *sending* identity is not verified, or not any more: a fault of
    /// ours that is put right, and the mail waits for it.
    pub(super) fn rejection(&self) -> Option<Sent> {
        let is_rejection = match self.code.as_str() {
            "MessageRejected" => !self.message.contains("not verified"),
            "BadRequestException" => true,
            _ => false,
        };
        is_rejection.then(|| Sent::Rejected {
            code: self.code.clone(),
        })
    }

    /// Whether the same may be taken in a moment.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.status, 429 | 500 | 502..=504) || PASSING.contains(&self.code.as_str())
    }
}

/// The name of an error between the namespace and the address it may come with: `aws.ses#Name:http://…`.
fn bare(code: &str) -> &str {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_never_be_sent_is_a_rejection() {
        for (status, code, message, is_rejected, may_pass) in [
            (400, "MessageRejected", "Illegal content", true, false),
            (
                400,
                "MessageRejected",
                "Email address is not verified.",
                false,
                false,
            ),
            (
                400,
                "BadRequestException",
                "Missing final '@domain'",
                true,
                false,
            ),
            (
                429,
                "TooManyRequestsException",
                "Maximum sending rate exceeded.",
                false,
                true,
            ),
            (400, "ThrottlingException", "Rate exceeded", false, true),
            (400, "LimitExceededException", "", false, true),
            (400, "AccountSuspendedException", "", false, false),
            (400, "SendingPausedException", "", false, false),
            (400, "MailFromDomainNotVerifiedException", "", false, false),
            (
                404,
                "NotFoundException",
                "No such configuration set",
                false,
                false,
            ),
            (403, "AccessDeniedException", "not authorized", false, false),
            (500, "InternalServiceErrorException", "", false, true),
            (503, "", "", false, true),
        ] {
            let body = serde_json::json!({ "message": message }).to_string();
            let refusal = Refusal::read(status, Some(code), body.as_bytes());
            let rejected = is_rejected.then(|| Sent::Rejected {
                code: code.to_owned(),
            });
            assert_eq!(
                (refusal.rejection(), refusal.may_pass()),
                (rejected, may_pass),
                "{refusal}"
            );
        }
    }

    #[test]
    fn the_name_of_an_error_is_found_wherever_aws_puts_it() {
        for (named, body) in [
            (Some("MessageRejected"), "{}"),
            (
                Some("MessageRejected:http://internal.amazon.com/ses/"),
                r#"{"code":"Other"}"#,
            ),
            (
                Some("aws.ses#MessageRejected:http://internal.amazon.com/ses/"),
                "no JSON",
            ),
            (
                None,
                r#"{"__type":"com.amazonaws.ses#MessageRejected","Message":"no"}"#,
            ),
            (None, r#"{"code":"MessageRejected","message":"no"}"#),
        ] {
            let refusal = Refusal::read(400, named, body.as_bytes());
            assert_eq!(refusal.code, "MessageRejected", "{named:?} {body}");
        }
        let unnamed = Refusal::read(502, None, b"<html>Bad gateway</html>");
        assert_eq!(unnamed.to_string(), "SES answers 502 : ");
    }

    #[test]
    fn a_mail_is_taken_also_under_no_id() {
        let accepted = |body: &str| accepted(body.as_bytes()).ok();
        let id = |id: &str| {
            Some(Sent::Accepted {
                ses_message_id: id.to_owned(),
            })
        };
        assert_eq!(accepted(r#"{"MessageId":"0100","More":1}"#), id("0100"));
        assert_eq!(accepted("{}"), id(""));
        assert_eq!(accepted("taken"), None);
    }
}
