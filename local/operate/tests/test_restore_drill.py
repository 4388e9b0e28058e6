"""A drill passes only where everything is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cloud.tests.conftest import Cloud
from operate.place import Place
from operate.restore_drill import compared, run_drill, told
from stack.settings import Refusal

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(uid: str, last_modified: str, summary: str = "Kickoff") -> dict[str, Any]:
    key = {"S": f"event#{uid}"}
    return {"pk": key, "sk": key, "last_modified": {"S": last_modified}, "summary": {"S": summary}}


def attendee(uid: str) -> dict[str, Any]:
    return {"pk": {"S": f"event#{uid}"}, "sk": {"S": "attendee#bob@b.test"}}


BEFORE, AFTER = "2026-03-01T11:00:00.123456789Z", "2026-03-01T13:00:00Z"


def test_what_has_changed_since_may_differ() -> None:
    live = [event("a", BEFORE), event("b", AFTER, "Moved"), attendee("a")]
    drill = compared("t", AT, 1.0, iter(live), iter([event("a", BEFORE), event("b", BEFORE)]))
    assert drill.passed
    assert (drill.compared, drill.live["attendee"], drill.restored["attendee"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("restored", "said"),
    [([], "event#a is not there"), ([event("a", BEFORE, "Kick-off")], "event#a differs")],
)
def test_what_is_lost_or_differs_is_named(restored: list[dict[str, Any]], said: str) -> None:
    drill = compared("t", AT, 1.0, iter([event("a", BEFORE)]), iter(restored))
    assert not drill.passed
    assert said in told(drill)
    assert "The drill has FAILED." in told(drill)


def test_a_drill_that_compared_nothing_has_shown_nothing() -> None:
    assert not compared("t", AT, 1.0, iter([event("a", AFTER)]), iter([])).passed


def make_table(cloud: Cloud, name: str, *, points_in_time: bool) -> Callable[[], set[str]]:
    tables = cloud.client("dynamodb")
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    tables.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": points_in_time}
    )
    for item in (event("a", BEFORE), event("b", BEFORE), attendee("a")):
        tables.put_item(TableName=name, Item=item)
    return lambda: {table for table in tables.list_tables()["TableNames"] if table.startswith(name)}


def test_a_table_is_restored_compared_and_put_away(cloud: Cloud) -> None:
    tables = make_table(cloud, "cis-local-drilled", points_in_time=True)
    place = Place("local", "drilled", "", "", cloud.settings)
    drill = run_drill(place, None, keep=False, wait_secs=0.1)
    assert drill.passed
    assert drill.compared == 2
    assert drill.restored == {"event": 2, "attendee": 1}
    assert tables() == {"cis-local-drilled"}


def test_a_restored_table_can_be_kept(cloud: Cloud) -> None:
    tables = make_table(cloud, "cis-local-kept", points_in_time=True)
    drill = run_drill(Place("local", "kept", "", "", cloud.settings), AT, keep=True, wait_secs=0.1)
    assert drill.table == "cis-local-kept-drill-20260301t120000"
    assert tables() == {"cis-local-kept", drill.table}


def test_a_table_without_points_in_time_or_none_at_all_is_refused(cloud: Cloud) -> None:
    make_table(cloud, "cis-local-forgetful", points_in_time=False)
    with pytest.raises(Refusal, match="keeps no points in time"):
        run_drill(Place("local", "forgetful", "", "", cloud.settings), None, keep=False)
    with pytest.raises(Refusal, match="cis-local-nowhere"):
        run_drill(Place("local", "nowhere", "", "", cloud.settings), None, keep=False)
