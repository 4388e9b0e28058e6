//! Why it is not known who calls, or why he is not let in for now.

use std::fmt;

/// Why a request has no caller. What a stranger is told never says which of our keys exist: only who has shown the whole key hears
/// that it was revoked or is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Neither a token nor a key.
    NoCredentials,
    /// A token and a key: whose request is it?
    TwoCredentials,
    /// No token of ours, or not any more.
    InvalidToken(TokenFault),
    /// No key of ours.
    UnknownKey,
    /// It was revoked.
    RevokedKey,
    /// Its time is over.
    ExpiredKey,
    /// It was used as often as it may be in a minute.
    TooManyRequests {
        /// Seconds to wait.
        retry_after_secs: u32,
    },
    /// The token is right, and says neither that its holder administers the tenant nor which verified address is his.
    NobodyKnown,
}

/// What is wrong with a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenFault {
    /// No signed token (RFC 7519).
    Malformed,
    /// Not of an issuer that is believed here.
    Issuer,
    /// No key of that name, or none that signs so.
    Key,
    /// The signature is not the key's.
    Signature,
    /// Its time is over, or it says no time.
    Expired,
    /// Its time has not come.
    NotYet,
    /// Made for somebody else.
    Audience,
    /// Neither an id token nor an access token.
    Use,
}

impl Refusal {
    /// All of them, as a stranger, an owner and a busy program meet them.
    pub const ALL: [Self; 15] = [
        Self::NoCredentials,
        Self::TwoCredentials,
        Self::InvalidToken(TokenFault::Malformed),
        Self::InvalidToken(TokenFault::Issuer),
        Self::InvalidToken(TokenFault::Key),
        Self::InvalidToken(TokenFault::Signature),
        Self::InvalidToken(TokenFault::Expired),
        Self::InvalidToken(TokenFault::NotYet),
        Self::InvalidToken(TokenFault::Audience),
        Self::InvalidToken(TokenFault::Use),
        Self::UnknownKey,
        Self::RevokedKey,
        Self::ExpiredKey,
        Self::TooManyRequests {
            retry_after_secs: 60,
        },
        Self::NobodyKnown,
    ];

    /// Its name, between the function that says who calls and the one that is called; also in logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCredentials => "no-credentials",
            Self::TwoCredentials => "two-credentials",
            Self::InvalidToken(fault) => match fault {
                TokenFault::Malformed => "token-malformed",
                TokenFault::Issuer => "token-issuer",
                TokenFault::Key => "token-key",
                TokenFault::Signature => "token-signature",
                TokenFault::Expired => "token-expired",
                TokenFault::NotYet => "token-not-yet",
                TokenFault::Audience => "token-audience",
                TokenFault::Use => "token-use",
            },
            Self::UnknownKey => "unknown-key",
            Self::RevokedKey => "revoked-key",
            Self::ExpiredKey => "expired-key",
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::NobodyKnown => "nobody-known",
        }
    }

    /// The refusal of that name; `retry_after_secs` only counts where there is something to wait for.
    #[must_use]
    pub fn of_code(code: &str, retry_after_secs: Option<u32>) -> Option<Self> {
        let refusal = Self::ALL
            .into_iter()
            .find(|refusal| refusal.code() == code)?;
        Some(match (refusal, retry_after_secs) {
            (Self::TooManyRequests { .. }, Some(retry_after_secs)) => {
                Self::TooManyRequests { retry_after_secs }
            }
            (refusal, _) => refusal,
        })
    }

    /// For people.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoCredentials => {
                "Who asks? Send a token (Authorization: Bearer …) or a key (x-api-key)."
            }
            Self::TwoCredentials => "Send a token or a key, not both: it has to be plain who asks.",
            Self::InvalidToken(fault) => fault.detail(),
            Self::UnknownKey => "This is no key of ours. Keys begin with cis_ and were shown once.",
            Self::RevokedKey => "The key was revoked. Ask an administrator for another.",
            Self::ExpiredKey => "The key's time is over. Ask an administrator for another.",
            Self::TooManyRequests { .. } => {
                "The key was used as often as it may be in a minute. Wait as long as Retry-After says."
            }
            Self::NobodyKnown => {
                "Your token says neither that you are an administrator nor which verified e-mail address is yours."
            }
        }
    }
}

impl TokenFault {
    const fn detail(self) -> &'static str {
        match self {
            Self::Malformed => "The token is no signed JSON Web Token.",
            Self::Issuer => "The token is of an issuer that is not believed here.",
            Self::Key => "The token is signed with a key its issuer does not have.",
            Self::Signature => "The token's signature is wrong.",
            Self::Expired => "The token's time is over. Sign in again.",
            Self::NotYet => "The token's time has not come. Is your clock right?",
            Self::Audience => "The token was made for another audience.",
            Self::Use => "The token is neither an id token nor an access token.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_found_by_its_name() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::of_code(refusal.code(), None), Some(refusal));
        }
        let wait = Refusal::TooManyRequests {
            retry_after_secs: 7,
        };
        assert_eq!(Refusal::of_code(wait.code(), Some(7)), Some(wait));
        assert_eq!(Refusal::of_code("", None), None);
    }
}
