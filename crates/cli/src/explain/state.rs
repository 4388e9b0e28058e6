//! What is stored about one event, read from what an operator fetched from the table.

use std::collections::HashMap;

use invite::{
    decide::Held,
    event::{Attendee, Event},
};
use records::{AttendeeRecord, EventRecord, HeldRecord, JobStanding};
use serde::{Deserialize, de::DeserializeOwned};
use serde_dynamo::AttributeValue;
use serde_json::Value;

/// The records of one event's partition that decisions look at.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Whose partition it is, where that was fetched.
    pub(crate) uid: Option<String>,
    pub(crate) event: Option<Event>,
    pub(crate) attendees: Vec<Attendee>,
    pub(crate) held: Option<Held>,
    pub(crate) jobs: Vec<JobStanding>,
    /// Letters that have gone, by the job whose shards they stand in.
    pub(crate) sent: HashMap<String, u64>,
    /// The count of invitations; as many as there are attendees where it was not fetched.
    pub(crate) invited: u32,
}

#[derive(Deserialize)]
struct Shard {
    sent: u64,
}

#[derive(Deserialize)]
struct Invitations {
    invited: u32,
}

impl State {
    /// Reads JSON: the answer of `aws dynamodb query`, a list of items, or one item; each as DynamoDB writes JSON or
    /// plain.
    ///
    /// # Errors
    /// A sentence that names the record and what is wrong with it.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let json: Value =
            serde_json::from_slice(json).map_err(|error| format!("it is no JSON: {error}"))?;
        let mut state = Self::default();
        let mut invited = None;
        for item in items(json)? {
            let item = plain(item)?;
            let sort = item.get("sk").and_then(Value::as_str);
            let sort = sort.ok_or("an item has no `sk`")?.to_owned();
            let partition = item.get("pk").and_then(Value::as_str);
            if let Some(uid) = partition.and_then(|pk| pk.strip_prefix("event#")) {
                state.uid = Some(uid.to_owned());
            }
            match sort.split_once('#').map(|(kind, _)| kind) {
                Some("event") if state.event.is_some() => {
                    return Err("there are two events in it".to_owned());
                }
                Some("event") => state.event = Some(record::<EventRecord, _>(&sort, item)?),
                Some("attendee") => {
                    let attendee = record::<AttendeeRecord, _>(&sort, item)?;
                    state.attendees.push(attendee);
                }
                Some("job") => state.jobs.push(shape(&sort, item)?),
                Some("shard") => {
                    let shard: Shard = shape(&sort, item)?;
                    let job = sort.split('#').nth(1).unwrap_or_default().to_owned();
                    *state.sent.entry(job).or_default() += shard.sent;
                }
                Some("held") => state.held = Some(record::<HeldRecord, _>(&sort, item)?),
                Some("invitations") => {
                    let count: Invitations = shape(&sort, item)?;
                    invited = Some(count.invited);
                }
                // Letters on their way, statistics, what was refused: nothing decides by them.
                _ => {}
            }
        }
        state
            .attendees
            .sort_by(|a, b| a.mailbox.address.cmp(&b.mailbox.address));
        let counted = u32::try_from(state.attendees.len()).unwrap_or(u32::MAX);
        state.invited = invited.unwrap_or(counted);
        Ok(state)
    }
}

fn items(json: Value) -> Result<Vec<Value>, String> {
    match json {
        Value::Array(items) => Ok(items),
        Value::Object(mut object) => match object.remove("Items") {
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err("its `Items` are no list".to_owned()),
            None if object.is_empty() => Ok(Vec::new()),
            None => Ok(vec![Value::Object(object)]),
        },
        _ => Err("it is neither items nor a list of them".to_owned()),
    }
}

/// An item without DynamoDB's names of types.
fn plain(item: Value) -> Result<Value, String> {
    let is_typed = item.pointer("/sk/S").is_some();
    if !is_typed {
        return Ok(item);
    }
    let item: HashMap<String, AttributeValue> = serde_json::from_value(item)
        .map_err(|error| format!("an item is not as DynamoDB writes it: {error}"))?;
    serde_dynamo::from_item(item).map_err(|error| format!("an item cannot be read: {error}"))
}

/// A record by its shape, in the domain.
fn record<S, T>(sort: &str, item: Value) -> Result<T, String>
where
    S: DeserializeOwned + TryInto<T, Error = records::Malformed>,
{
    let shape: S = shape(sort, item)?;
    shape
        .try_into()
        .map_err(|error| format!("the record {sort}: {error}"))
}

fn shape<S: DeserializeOwned>(sort: &str, item: Value) -> Result<S, String> {
    serde_json::from_value(item).map_err(|error| format!("the record {sort}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn nothing_is_known_where_nothing_is_stored() {
        for json in ["{}", "[]", r#"{"Items":[],"Count":0}"#] {
            let state = State::parse(json.as_bytes()).unwrap();
            assert!(
                state.event.is_none() && state.attendees.is_empty(),
                "{json}"
            );
        }
    }

    #[test]
    fn both_ways_to_write_an_item_are_read() {
        for json in [
            r#"[{"pk":"event#x","sk":"invitations#","invited":3}]"#,
            r#"{"Items":[{"pk":{"S":"event#x"},"sk":{"S":"invitations#"},"invited":{"N":"3"}}]}"#,
            r#"{"pk":"event#x","sk":"invitations#","invited":3}"#,
        ] {
            assert_eq!(State::parse(json.as_bytes()).unwrap().invited, 3, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_the_record() {
        for (json, told) in [
            ("{", "it is no JSON"),
            ("3", "neither items nor a list"),
            (r#"[{"pk":"event#x"}]"#, "an item has no `sk`"),
            (r#"{"Items":3}"#, "its `Items` are no list"),
            (
                r#"[{"sk":"event#x"}]"#,
                "the record event#x: missing field `uid`",
            ),
            (
                r#"[{"sk":{"S":"event#x"},"uid":{"Q":"y"}}]"#,
                "an item is not as DynamoDB writes it",
            ),
        ] {
            let error = State::parse(json.as_bytes()).unwrap_err();
            assert!(error.contains(told), "{json}: {error}");
        }
    }
}
