//! Orders as other people's software has recorded them of Shopify. The collection stands next to a checkout and is not
//! part of it (or where `CIS_CORPUS` says); where it is absent the test says so and passes.

#![expect(clippy::print_stdout, reason = "says what it skipped")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use orders::{Ledger, Plan, Plans, Said, Topic};
use serde_json::Value;

fn fixtures() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = env::var_os("CIS_CORPUS").map_or(beside, PathBuf::from);
    let fixtures = corpus.join("bold-commerce+go-shopify/fixtures");
    if !fixtures.is_dir() {
        println!("skipped: no corpus at {}", corpus.display());
        return None;
    }
    Some(fixtures)
}

#[test]
fn orders_of_the_shop_are_read_and_make_subscriptions_of_what_is_a_plan() {
    let Some(fixtures) = fixtures() else { return };
    let plan = Plan {
        name: "Soda".to_owned(),
        events: None,
        invites_per_event: 10,
    };
    let plans: Plans = [(111_475_476, plan)].into_iter().collect();
    for name in ["order.json", "order_with_transaction.json"] {
        let file = fs::read(fixtures.join(name)).unwrap();
        let whole: Value = serde_json::from_slice(&file).unwrap();
        let body = whole["order"].to_string();
        let said = Said::read(Topic::Paid, body.as_bytes()).unwrap();
        let mut ledger = Ledger::default();
        let entered = ledger.enter(&said, &plans);
        assert_eq!(entered.begun, [254_721_536].into(), "{name}");
        assert_eq!(entered.not_enrolled.len(), 1, "{name}");
        let cancelled = Said::read(Topic::Cancelled, body.as_bytes()).unwrap();
        assert_eq!(ledger.enter(&cancelled, &plans).ended, entered.begun);
    }
}

#[test]
fn properties_of_any_shape_are_read() {
    let Some(fixtures) = fixtures() else { return };
    let mut read_ones = 0;
    for entry in fs::read_dir(fixtures.join("orderlineitems")).unwrap() {
        let path = entry.unwrap().path();
        // One of them is not JSON.
        let Ok(mut item) = serde_json::from_slice::<Value>(&fs::read(&path).unwrap()) else {
            continue;
        };
        item["id"] = 1.into();
        let order = serde_json::json!({
            "id": 1, "created_at": "2026-03-02T11:40:00-05:00", "line_items": [item],
        });
        let said = Said::read(Topic::Paid, order.to_string().as_bytes());
        assert!(said.is_ok(), "{}: {said:?}", path.display());
        read_ones += 1;
    }
    assert!(read_ones > 0);
}
