"""An upgrade that loses or replaces something is told as one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from release.standing import Standing, lost, replaced

BEFORE = Standing(
    resources={
        ("data", "Table"): ("AWS::DynamoDB::GlobalTable", "cis-local-acme"),
        ("data", "Key"): ("AWS::KMS::Key", "one-of-a-kind"),
        ("pipeline", "Send"): ("AWS::Lambda::Function", "cis-local-acme-send"),
    },
    made={"table": "yesterday"},
    items={("event#1", "event#1"): "kick-off", ("event#2", "event#2"): "review"},
    mails={"inbox/one": "tag"},
    secret="digest",
)


def test_nothing_changed_is_nothing_lost() -> None:
    assert [*replaced(BEFORE, BEFORE), *lost(BEFORE, BEFORE, "1")] == []


def test_what_holds_no_data_may_be_made_anew_and_what_is_new_may_come() -> None:
    changed = {("pipeline", "Send"): ("AWS::Lambda::Function", "other"), ("data", "New"): ("AWS::S3::Bucket", "new")}
    now = replace(BEFORE, resources={**BEFORE.resources, **changed})
    assert list(replaced(BEFORE, now)) == []


def broken() -> Iterator[tuple[str, Standing]]:
    other = {**BEFORE.resources, ("data", "Key"): ("AWS::KMS::Key", "another")}
    yield "was one-of-a-kind and is another", replace(BEFORE, resources=other)
    gone = {place: one for place, one in BEFORE.resources.items() if place != ("data", "Table")}
    yield "Table (AWS::DynamoDB::GlobalTable) of data is gone", replace(BEFORE, resources=gone)
    yield "table was made anew", replace(BEFORE, made={"table": "today"})
    yield "the key of reply addresses is another", replace(BEFORE, secret="another")


@pytest.mark.parametrize(("said", "now"), list(broken()))
def test_what_is_replaced_is_told_even_under_its_old_name(said: str, now: Standing) -> None:
    (told,) = replaced(BEFORE, now)
    assert said in told


def test_an_item_or_a_mail_that_is_gone_is_told() -> None:
    now = replace(BEFORE, items={("event#1", "event#1"): "kick-off"}, mails={})
    assert list(lost(BEFORE, now, "1")) == ["the item event / event is gone", "a mail in the inbox is gone or another"]


def test_people_may_change_their_own_event_and_nobody_an_untouched_one() -> None:
    def with_item(uid: str) -> Standing:
        return replace(BEFORE, items={**BEFORE.items, (f"event#{uid}", f"event#{uid}"): "changed"})

    assert list(lost(BEFORE, with_item("2"), "1")) == []
    assert list(lost(BEFORE, with_item("1"), "1")) == ["the item event of an event nobody touched has changed"]
