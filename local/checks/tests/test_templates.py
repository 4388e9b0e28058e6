"""cfn-lint is there to fail: on what CloudFormation would not take, and on what it would only warn of."""

import json
from pathlib import Path

import pytest

from checks.templates import lint

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "cis-prod-acme-event-created"}}


def template(folder: Path, resource: dict, **more: object) -> list[Path]:
    path = folder / "one.template.json"
    path.write_text(json.dumps({"Resources": {"Thing": resource}, **more}))
    return [path]


def test_a_sound_template_leaves_nothing_to_say(tmp_path: Path) -> None:
    assert lint(template(tmp_path, TOPIC)) == ("", 0)


@pytest.mark.parametrize(
    ("rule", "resource", "more"),
    [
        ("E3002", {"Type": "AWS::SNS::Topic", "Properties": {"TopicNam": "x"}}, {}),
        ("E3012", {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": "soon"}}, {}),
        ("E3034", {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 1209601}}, {}),
        ("W2001", TOPIC, {"Parameters": {"Unused": {"Type": "String"}}}),
    ],
)
def test_a_seeded_violation_is_named_and_fails(tmp_path: Path, rule: str, resource: dict, more: dict) -> None:
    said, code = lint(template(tmp_path, resource, **more))
    assert code != 0
    assert f":{rule}:" in said
