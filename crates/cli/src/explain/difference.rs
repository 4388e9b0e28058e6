//! What a write changes in a record, field by field.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// A field that differs.
#[derive(Serialize, Clone, PartialEq, Debug)]
pub(crate) struct Difference {
    /// Names of fields and places in lists, from the outside in: `details.location`, `history.2`.
    pub(crate) field: String,
    /// As it is stored; null where there is none.
    pub(crate) before: Value,
    /// As it is written; null where it is taken away.
    pub(crate) after: Value,
}

/// The fields that differ; of a new record, all of them.
pub(crate) fn differences(before: Option<&Value>, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let nothing = Value::Object(serde_json::Map::new());
    compare("", before.unwrap_or(&nothing), after, &mut found);
    found
}

fn compare(field: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let inner = |name: &str| match field {
        "" => name.to_owned(),
        field => format!("{field}.{name}"),
    };
    match (before, after) {
        (before, after) if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let of = |object: &serde_json::Map<String, Value>| {
                    object.get(name).cloned().unwrap_or_default()
                };
                compare(&inner(name), &of(old), &of(new), found);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for place in 0..old.len().max(new.len()) {
                let of = |list: &[Value]| list.get(place).cloned().unwrap_or_default();
                compare(&inner(&place.to_string()), &of(old), &of(new), found);
            }
        }
        (before, after) => found.push(Difference {
            field: field.to_owned(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn fields_are_named_from_the_outside_in() {
        let before = json!({"a": {"b": 1, "c": 2}, "l": [1, {"x": 1}], "gone": true});
        let after = json!({"a": {"b": 1, "c": 3}, "l": [1, {"x": 2}, 3], "new": "n"});
        let found: Vec<_> = differences(Some(&before), &after)
            .into_iter()
            .map(|found| format!("{}: {} → {}", found.field, found.before, found.after))
            .collect();
        assert_eq!(
            found,
            [
                "a.c: 2 → 3",
                "gone: true → null",
                "l.1.x: 1 → 2",
                "l.2: null → 3",
                "new: null → \"n\"",
            ]
        );
    }

    #[test]
    fn of_a_new_record_everything_is_new() {
        assert_eq!(differences(None, &json!({"a": 1, "b": 2})).len(), 2);
        assert_eq!(differences(Some(&json!({"a": 1})), &json!({"a": 1})), []);
    }
}
