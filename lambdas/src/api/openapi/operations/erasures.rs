//! Erasures of people.

use serde_json::json;

use super::{BODY, Operation, Schemas, answer, body, if_none_match, operation, read};
use crate::{
    api::erasures::{ErasureView, NewErasureBody},
    shell::Kind,
};

pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            body: Some(body(schemas.asked::<NewErasureBody>(), true)),
            answers: vec![(
                202,
                answer("The erasure that runs.", schemas.told::<ErasureView>()),
            )],
            problems: [&BODY[..], &[Kind::OrganizesEvents]].concat(),
            description: "While one of the same person runs, that is it. What somebody said about mail he does not want stays.",
            ..operation(
                "POST /system/erasures",
                "erasePerson",
                "system",
                "Erases a person who was invited.",
            )
        },
        Operation {
            parameters: vec![
                json!({
                    "name": "erasure", "in": "path", "required": true,
                    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "description": "Its id.",
                }),
                if_none_match(),
            ],
            answers: read("The erasure.", schemas.told::<ErasureView>()),
            problems: vec![Kind::UnknownErasure],
            ..operation(
                "GET /system/erasures/{erasure}",
                "readErasure",
                "system",
                "How far the erasure of a person has come.",
            )
        },
    ]
}
