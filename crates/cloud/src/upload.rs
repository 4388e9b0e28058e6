//! What S3 says when a list was uploaded, as it comes through the topic.

use serde::Deserialize;

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    s3: S3,
}

#[derive(Deserialize)]
struct S3 {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

/// The keys of the objects a notification tells of; none when it is S3's test of the way here, `None` when it is no
/// notification of S3's. Keys are URL-encoded; none of ours has anything to encode.
#[must_use]
pub fn keys(json: &str) -> Option<Vec<String>> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    if value.get("Event").and_then(serde_json::Value::as_str) == Some("s3:TestEvent") {
        return Some(Vec::new());
    }
    value.get("Records")?;
    let notification: Notification = serde_json::from_value(value).ok()?;
    Some(
        notification
            .records
            .into_iter()
            .map(|record| record.s3.object.key)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_names_its_object() {
        let told = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1",
            "eventTime":"2026-03-01T10:00:00.000Z","eventName":"ObjectCreated:Put",
            "s3":{"s3SchemaVersion":"1.0","configurationId":"lists","bucket":{"name":"b","arn":"arn:aws:s3:::b"},
            "object":{"key":"uploads/5f/ab","size":1024,"eTag":"d4","sequencer":"0A1B"}}}]}"#;
        assert_eq!(keys(told), Some(vec!["uploads/5f/ab".to_owned()]));
    }

    #[test]
    fn a_test_names_nothing_and_anything_else_is_not_one() {
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-03-01T10:00:00.000Z","Bucket":"b"}"#;
        assert_eq!(keys(test), Some(Vec::new()));
        for other in [
            "",
            "{}",
            r#"{"version":1,"type":"list-requested"}"#,
            r#"{"Records":[{}]}"#,
        ] {
            assert_eq!(keys(other), None, "{other}");
        }
    }
}
