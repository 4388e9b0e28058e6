//! Keys of programs: what is kept of them, and their use, which is counted where it is allowed.

use access::{
    key::{Key as ApiKey, KeyId, PresentedKey, Usage, minute_of},
    refusal::Refusal,
    scope::Scopes,
};
use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use invite::address::Address;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    EXPLAINED_FOR, Fault, Item, Key, Keyed, Stored, Table, from_item, key::API_KEYS, number,
    put_conflicts, stored, text,
};

/// How often a use is tried again that met others in the first moment of a minute.
const ATTEMPTS: usize = 4;

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    id: String,
    name: String,
    /// SHA-256, in hexadecimal.
    secret_hash: String,
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organizer: Option<String>,
    per_minute: u32,
    /// In epoch seconds, as the following.
    created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked: Option<i64>,
    /// The last minute it was used in, since 1970, and how often.
    counted_minute: i64,
    counted_uses: u32,
}

impl From<&ApiKey> for KeyRecord {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            secret_hash: key.hash.clone(),
            scopes: key
                .scopes
                .iter()
                .map(|scope| scope.name().to_owned())
                .collect(),
            organizer: key.organizer.as_ref().map(|his| his.as_str().to_owned()),
            per_minute: key.per_minute,
            created: key.created.as_second(),
            valid_until: key.expires.map(Timestamp::as_second),
            revoked: key.revoked.map(Timestamp::as_second),
            counted_minute: key.usage.minute,
            counted_uses: key.usage.uses,
        }
    }
}

impl KeyRecord {
    fn key(self) -> Result<ApiKey, &'static str> {
        let time = |secs| Timestamp::from_second(secs).map_err(|_| "a time that is none");
        Ok(ApiKey {
            id: KeyId::parse(&self.id).ok_or("an id that is none")?,
            // A name nobody knows any more grants nothing.
            scopes: Scopes::of_names(self.scopes.iter().map(String::as_str)),
            // An address that is none must not make it everybody's.
            organizer: match self.organizer {
                None => None,
                Some(text) => Some(Address::parse(&text).ok_or("an address that is none")?),
            },
            name: self.name,
            hash: self.secret_hash,
            per_minute: self.per_minute,
            created: time(self.created)?,
            expires: self.valid_until.map(time).transpose()?,
            revoked: self.revoked.map(time).transpose()?,
            usage: Usage {
                minute: self.counted_minute,
                uses: self.counted_uses,
            },
        })
    }
}

fn key_of(operation: &'static str, item: Item) -> Result<ApiKey, Fault> {
    let record: KeyRecord = from_item(operation, item)?;
    record.key().map_err(Fault::during(operation))
}

/// When a key is forgotten that was good until then.
fn forgotten(over: Timestamp) -> Timestamp {
    over.checked_add(EXPLAINED_FOR).unwrap_or(Timestamp::MAX)
}

/// What came of a conditional change of a key.
enum Changed {
    Done(ApiKey),
    /// The condition does not hold, for this is what there is.
    Not(Option<ApiKey>),
}

impl Table {
    /// Keeps a key that was just drawn.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn create_api_key(&self, key: &ApiKey) -> Result<Stored, Fault> {
        let operation = "keep a key";
        let record = KeyRecord::from(key);
        let name = Key::api_key(&key.id);
        let keyed = match key.expires {
            Some(expires) => Keyed::until(name, forgotten(expires), record),
            None => Keyed::kept(name, record),
        };
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(keyed.item(operation)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        stored(operation, answer, put_conflicts)
    }

    /// Every key, also those that are over, for 90 days.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, Fault> {
        let operation = "read the keys";
        let records: Vec<KeyRecord> = self.all(operation, API_KEYS, None).await?;
        let keys = records.into_iter().map(KeyRecord::key);
        keys.collect::<Result<_, _>>()
            .map_err(Fault::during(operation))
    }

    /// Revokes a key, from this moment on; one that was revoked stays as it is. `None`: there is none of that name.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn revoke_api_key(
        &self,
        id: &KeyId,
        now: Timestamp,
    ) -> Result<Option<ApiKey>, Fault> {
        let update = self
            .change(id)
            .update_expression(
                "SET revoked = if_not_exists(revoked, :now), expires_at = if_not_exists(expires_at, :forgotten)",
            )
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":forgotten", number(forgotten(now).as_second()));
        Ok(match changed("revoke a key", update).await? {
            Changed::Done(key) => Some(key),
            Changed::Not(_) => None,
        })
    }

    /// Uses a key that somebody shows: counts it, if it lets him in. One write, which fails where a rule forbids it, so no
    /// two uses at a time are one; only the first of a minute takes two.
    ///
    /// # Errors
    /// [`Fault`]; a [`Refusal`] is an answer.
    pub async fn use_api_key(
        &self,
        shown: &PresentedKey,
        now: Timestamp,
    ) -> Result<Result<ApiKey, Refusal>, Fault> {
        let operation = "use a key";
        for _ in 0..ATTEMPTS {
            let known = match changed(operation, self.one_more_use(shown, now)).await? {
                Changed::Done(key) => return Ok(Ok(key)),
                Changed::Not(known) => known,
            };
            let Some(known) = known else {
                return Ok(Err(Refusal::UnknownKey));
            };
            if let Err(refusal) = known.admits(shown, now) {
                return Ok(Err(refusal));
            }
            if let Changed::Done(key) = changed(operation, self.first_use(shown, now)).await? {
                return Ok(Ok(key));
            }
        }
        Err("others were quicker, again and again").map_err(Fault::during(operation))
    }

    /// Another use in the minute that is counted: the rules of [`ApiKey::admits`], as a condition.
    fn one_more_use(&self, shown: &PresentedKey, now: Timestamp) -> UpdateItemFluentBuilder {
        self.use_of(shown, now)
            .update_expression("SET counted_uses = counted_uses + :one")
            .condition_expression(
                "secret_hash = :hash AND counted_minute >= :minute AND counted_uses < per_minute \
                 AND attribute_not_exists(revoked) AND (attribute_not_exists(valid_until) OR valid_until > :now)",
            )
            .expression_attribute_values(":now", number(now.as_second()))
    }

    /// The first use in a minute; that it is not over was seen just now.
    fn first_use(&self, shown: &PresentedKey, now: Timestamp) -> UpdateItemFluentBuilder {
        self.use_of(shown, now)
            .update_expression("SET counted_minute = :minute, counted_uses = :one")
            .condition_expression(
                "secret_hash = :hash AND counted_minute < :minute AND attribute_not_exists(revoked)",
            )
    }

    fn use_of(&self, shown: &PresentedKey, now: Timestamp) -> UpdateItemFluentBuilder {
        self.change(&shown.id)
            .expression_attribute_values(":hash", text(shown.hash()))
            .expression_attribute_values(":minute", number(minute_of(now)))
            .expression_attribute_values(":one", number(1))
    }

    fn change(&self, id: &KeyId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::api_key(id).item()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

async fn changed(
    operation: &'static str,
    update: UpdateItemFluentBuilder,
) -> Result<Changed, Fault> {
    match update.send().await {
        Ok(answer) => {
            let item = answer
                .attributes
                .ok_or("the new item is not told")
                .map_err(Fault::during(operation))?;
            Ok(Changed::Done(key_of(operation, item)?))
        }
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                let item = failed.item.clone();
                let known = item.map(|item| key_of(operation, item)).transpose()?;
                Ok(Changed::Not(known))
            }
            _ => Err(Fault::during(operation)(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use access::{key::DrawnKey, scope::Scope};

    use super::*;

    fn key() -> ApiKey {
        let drawn = DrawnKey::of(&[7; access::key::DRAWN_BYTES]);
        let time = |secs| Timestamp::from_second(secs).unwrap();
        ApiKey {
            id: drawn.id,
            name: "the shop".to_owned(),
            hash: drawn.hash,
            scopes: Scope::ALL.into_iter().collect(),
            organizer: Address::parse("alice@a.test"),
            per_minute: 60,
            created: time(1_800_000_000),
            expires: Some(time(1_900_000_000)),
            revoked: Some(time(1_850_000_000)),
            usage: Usage {
                minute: 30_000_000,
                uses: 3,
            },
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_kept() {
        let bare = ApiKey {
            organizer: None,
            expires: None,
            revoked: None,
            ..key()
        };
        for key in [key(), bare] {
            let name = Key::api_key(&key.id);
            let item = Keyed::kept(name, KeyRecord::from(&key))
                .item("test")
                .unwrap();
            assert_eq!(key_of("test", item).unwrap(), key);
        }
    }

    #[test]
    fn what_is_not_understood_grants_nothing() {
        let mut record = KeyRecord::from(&key());
        record.scopes = vec!["everything:write".to_owned()];
        assert!(record.key().unwrap().scopes.is_empty());
        let mut record = KeyRecord::from(&key());
        record.organizer = Some("alice".to_owned());
        assert!(record.key().is_err());
    }
}
