//! Requests their callers have given a key: each happens once, and is answered the same for a day. The key itself is not
//! stored, nor what was asked; what was answered is.

use std::collections::BTreeMap;

use invite::id::Digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Fault, Key, Keyed, Stored, Table, number, put_conflicts, stored, text};

/// How long an answer is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long a request may take: longer than any function that answers requests has.
const TAKES_AT_MOST: SignedDuration = SignedDuration::from_secs(30);

/// A request with a key.
#[derive(Clone, Debug)]
pub struct KeyedRequest {
    key: Key,
    /// Digest of what is asked.
    request: Digest,
    /// What the platform calls this try of it.
    by: String,
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The status code.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// What is known of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Begun {
    /// Nothing: the request is to be carried out.
    First,
    /// The same request was answered.
    Answered(KeptAnswer),
    /// The same request is being carried out.
    InProgress,
    /// It was given to another request.
    Reused,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct KeyedRequestRecord {
    request: String,
    asked_by: String,
    /// Since when, in milliseconds; 0 where it was given up.
    begun: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<KeptAnswer>,
}

impl KeyedRequest {
    /// A caller's request: `key` is his, `request` all that makes it another than that of the same key. `by` no other try has.
    #[must_use]
    pub fn new(caller: &str, key: &str, request: Digest, by: &str) -> Self {
        let name = Digest::of_text(&format!("{caller}\n{key}"));
        Self {
            key: Key::keyed_request(&name),
            request,
            by: by.to_owned(),
        }
    }

    fn item(
        &self,
        begun: i64,
        answer: Option<&KeptAnswer>,
        now: Timestamp,
    ) -> Keyed<KeyedRequestRecord> {
        let record = KeyedRequestRecord {
            request: self.request.as_str().to_owned(),
            asked_by: self.by.clone(),
            begun,
            answer: answer.cloned(),
        };
        let expires = now.checked_add(KEPT_FOR).unwrap_or(Timestamp::MAX);
        Keyed::until(self.key.clone(), expires, record)
    }
}

impl Table {
    /// Begins a request, unless it was before. One that was begun and neither answered nor given up within half a minute may
    /// begin again.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn begin_request(
        &self,
        request: &KeyedRequest,
        now: Timestamp,
    ) -> Result<Begun, Fault> {
        let operation = "begin a request with a key";
        let over = now.checked_sub(TAKES_AT_MOST).unwrap_or(Timestamp::MIN);
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(
                request
                    .item(now.as_millisecond(), None, now)
                    .item(operation)?,
            ))
            // The table forgets what has expired some time later.
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at < :now \
                 OR (#request = :request AND attribute_not_exists(answer) AND begun < :over)",
            )
            .expression_attribute_values(":now", number(now.as_second()))
            // A word of DynamoDB's own.
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":request", text(request.request.as_str()))
            .expression_attribute_values(":over", number(over.as_millisecond()))
            .send()
            .await;
        if stored(operation, answer, put_conflicts)? == Stored::Done {
            return Ok(Begun::First);
        }
        let known: Option<KeyedRequestRecord> = self.get(operation, &request.key).await?;
        Ok(match known {
            Some(known) if known.request != request.request.as_str() => Begun::Reused,
            Some(KeyedRequestRecord {
                answer: Some(answer),
                ..
            }) => Begun::Answered(answer),
            _ => Begun::InProgress,
        })
    }

    /// Keeps what was answered; without an answer the request is given up and may begin again. [`Stored::Conflict`] when
    /// another try of it has begun, whose answer counts.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn end_request(
        &self,
        request: &KeyedRequest,
        answer: Option<&KeptAnswer>,
        now: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "end a request with a key";
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(request.item(0, answer, now).item(operation)?))
            .condition_expression("asked_by = :me")
            .expression_attribute_values(":me", text(request.by.as_str()))
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_key_nor_caller_nor_what_is_asked_is_stored() {
        let asked = Digest::of_text("POST /event");
        let request = KeyedRequest::new("alice@a.test", "order-17", asked, "r-1");
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let item = request.item(0, None, now).item("test").unwrap();
        let stored = format!("{item:?}");
        for secret in ["alice", "order-17", "POST"] {
            assert!(!stored.contains(secret), "{stored}");
        }
        let a_day_later = now.as_second() + 24 * 3600;
        assert_eq!(item["expires_at"], number(a_day_later));
        let other = KeyedRequest::new("bob@b.test", "order-17", Digest::of_text(""), "r-1");
        assert_ne!(other.key, request.key);
    }
}
