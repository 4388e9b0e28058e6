//! Keys of programs.

use serde_json::json;

use super::{BODY, Operation, Schemas, answer, body, if_none_match, operation, read};
use crate::{
    api::keys::{KeyView, KeysView, MadeKeyView, NewKeyBody},
    shell::Kind,
};

pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![if_none_match()],
            answers: read("The keys.", schemas.told::<KeysView>()),
            description: "Those that are over, too, for 90 days. A key itself is never told again.",
            ..operation(
                "GET /system/keys",
                "readKeys",
                "keys",
                "The keys of programs, the newest first.",
            )
        },
        Operation {
            body: Some(body(schemas.asked::<NewKeyBody>(), true)),
            answers: vec![(
                201,
                answer("The key, this once.", schemas.told::<MadeKeyView>()),
            )],
            problems: BODY.to_vec(),
            ..operation("POST /system/keys", "makeKey", "keys", "Makes a key.")
        },
        Operation {
            parameters: vec![json!({
                "name": "key", "in": "path", "required": true,
                "schema": {"type": "string", "pattern": "^[a-z2-7]{16}$"}, "description": "Its id.",
            })],
            answers: vec![(200, answer("The key, revoked.", schemas.told::<KeyView>()))],
            problems: vec![Kind::UnknownKey],
            description: "At once. Revoking twice is revoking once.",
            ..operation(
                "POST /system/keys/{key}/revoke",
                "revokeKey",
                "keys",
                "Revokes a key.",
            )
        },
    ]
}
