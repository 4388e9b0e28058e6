"""Each thing that can be wrong is seen, and said with what to do."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud.tests.conftest import Cloud
from operate.examination import ON_AWS_ONLY, Examination, Finding
from operate.place import Place

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOMAIN = "acme.invites.example"
ACME = {
    "name": "acme",
    "domain": DOMAIN,
    "sesSendsPerSecond": 14,
    "stages": {"prod": {"account": "222222222222", "region": "us-east-1"}},
}
RECORDS = {
    "InboundRecord": f"{DOMAIN} MX 10 inbound-smtp.us-east-1.amazonaws.com",
    "DkimRecord1": f"k1._domainkey.{DOMAIN} CNAME k1.dkim.amazonses.com",
    "MailFromSpfRecord": f'bounce.{DOMAIN} TXT "v=spf1 include:amazonses.com ~all"',
    "DmarcRecord": f'_dmarc.{DOMAIN} TXT "v=DMARC1; p=reject"',
}
ZONE = {
    (DOMAIN, "MX"): ["5 inbound-smtp.us-east-1.amazonaws.com."],
    (f"k1._domainkey.{DOMAIN}", "CNAME"): ["k1.dkim.amazonses.com."],
    (f"bounce.{DOMAIN}", "TXT"): ['"v=spf1 " "include:amazonses.com -all"'],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@acme.example"'],
}
RULE = {"Name": "cis-prod-acme", "Enabled": True, "ScanEnabled": True, "TlsPolicy": "Require"}
SENDING = {"ProductionAccessEnabled": True, "SendingEnabled": True, "SendQuota": {"MaxSendRate": 14.0}}


@dataclass
class Account:
    """An AWS account in which all is well, and what a test spoils of it."""

    spoilt: dict[str, Any] = field(default_factory=dict)

    def client(self) -> Any:
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in RECORDS.items()]
        answers = {
            "get_caller_identity": {
                "Account": "222222222222",
                "ResponseMetadata": {"HTTPHeaders": {"date": "Sun, 01 Mar 2026 12:00:01 GMT"}},
            },
            "describe_stacks": {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}]},
            "describe_active_receipt_rule_set": {"Metadata": {"Name": "cis"}, "Rules": [RULE]},
            "get_email_identity": {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "SUCCESS"}},
            "get_account": SENDING,
            "get_account_settings": {"AccountLimit": {"ConcurrentExecutions": 1000}},
            "describe_alarms": {"MetricAlarms": []},
            "list_subscriptions_by_topic": {"Subscriptions": [{"Endpoint": "a@a.test", "SubscriptionArn": "arn:…"}]},
            "get_queue_url": {"QueueUrl": "https://queue"},
            "get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
            **self.spoilt,
        }

        def answering(name: str) -> Any:
            def answer(**_: Any) -> Any:
                if isinstance(answers[name], Exception):
                    raise answers[name]
                return answers[name]

            return answer

        calls = {name: answering(name) for name in answers}
        paginated = SimpleNamespace(paginate=lambda **_: [answers["describe_alarms"]])
        return SimpleNamespace(**calls, get_paginator=lambda _: paginated, exceptions=SimpleNamespace())


def examined(
    account: Account | None = None,
    tenants: list[dict] | None = None,
    zone: dict | None = None,
    now: datetime = NOW,
) -> dict[str, Finding]:
    place = Place("prod", "acme", "us-east-1", "")
    for service in ("sts", "cloudformation", "ses", "sesv2", "lambda", "cloudwatch", "sns", "sqs"):
        place.clients[service] = (account or Account()).client()
    known = ZONE if zone is None else zone
    examination = Examination(place, tenants or [ACME], lambda name, kind: known.get((name, kind), []), lambda: now)
    return {finding.about: finding for finding in examination.findings()}


def test_a_stage_that_is_well_is_well() -> None:
    findings = examined()
    assert {about: finding.state for about, finding in findings.items()} == dict.fromkeys(findings, "well")
    assert len(findings) == 13


@pytest.mark.parametrize(
    ("about", "spoilt", "said"),
    [
        (
            "stacks",
            {"describe_stacks": {"Stacks": [{"StackStatus": "UPDATE_ROLLBACK_COMPLETE"}]}},
            "cis-prod-acme-mail is UPDATE_ROLLBACK_COMPLETE",
        ),
        ("rule set", {"describe_active_receipt_rule_set": {}}, "none is active, so mail is not received"),
        (
            "rule set",
            {"describe_active_receipt_rule_set": {"Metadata": {"Name": "other"}, "Rules": []}},
            "other is active",
        ),
        (
            "rule set",
            {"describe_active_receipt_rule_set": {"Metadata": {"Name": "cis"}, "Rules": []}},
            "it has no rule cis-prod-acme",
        ),
        (
            "rule set",
            {"describe_active_receipt_rule_set": {"Metadata": {"Name": "cis"}, "Rules": [{**RULE, "Enabled": False}]}},
            "changed by hand: Enabled False",
        ),
        ("identity", {"get_email_identity": {"VerifiedForSendingStatus": False}}, "the domain is not verified"),
        ("sandbox", {"get_account": {**SENDING, "ProductionAccessEnabled": False}}, "out of the sandbox"),
        ("sandbox", {"get_account": {**SENDING, "SendingEnabled": False}}, "SES has paused sending"),
        ("sending rate", {"get_account": {**SENDING, "SendQuota": {"MaxSendRate": 1.0}}}, "here are acme prod 14"),
        ("concurrency", {"get_account_settings": {"AccountLimit": {"ConcurrentExecutions": 10}}}, "runs 10 at once"),
        (
            "alarms",
            {"describe_alarms": {"MetricAlarms": [{"AlarmName": "cis-prod-acme-send-rate"}]}},
            "send-rate: docs",
        ),
        ("who is told", {"list_subscriptions_by_topic": {"Subscriptions": []}}, "nobody hears of alarms"),
        (
            "who is told",
            {
                "list_subscriptions_by_topic": {
                    "Subscriptions": [{"Endpoint": "a@a.test", "SubscriptionArn": "PendingConfirmation"}]
                }
            },
            "not confirmed yet by 1 of 1",
        ),
        (
            "dead letters",
            {"get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": "3"}}},
            "receive-mail 3",
        ),
    ],
)
def test_what_is_wrong_is_seen_and_nothing_else(about: str, spoilt: dict, said: str) -> None:
    findings = examined(Account(spoilt))
    assert (findings[about].state, said in findings[about].said) == ("wrong", True), findings[about].said
    assert [name for name, one in findings.items() if one.state != "well"] == [about]


def test_a_clock_that_is_off_is_seen() -> None:
    assert examined(now=NOW.replace(minute=4))["clock"].said.startswith("this machine's clock is +239 s from AWS's")


def test_credentials_of_another_account_are_seen() -> None:
    stages = {"prod": {"account": "111111111111", "region": "us-east-1"}}
    assert "the stage is in 111111111111" in examined(tenants=[{**ACME, "stages": stages}])["account"].said


def test_a_stage_no_file_names_is_seen() -> None:
    findings = examined(tenants=[{**ACME, "name": "globex"}])
    assert findings["configuration"].said == "no file names acme prod; there are globex prod"
    assert findings["identity"].state == "unknown"


def test_tenants_share_the_rate_of_their_account() -> None:
    globex = {**ACME, "name": "globex", "sesSendsPerSecond": 5}
    elsewhere = {**globex, "name": "initech", "stages": {"prod": {"account": "333333333333", "region": "us-east-1"}}}
    found = examined(tenants=[ACME, globex, elsewhere])["sending rate"]
    assert "here are acme prod 14, globex prod 5:" in found.said


@pytest.mark.parametrize(
    ("name", "kind", "instead"),
    [
        (DOMAIN, "MX", ["10 mail.acme.example."]),
        (f"k1._domainkey.{DOMAIN}", "CNAME", []),
        (f"bounce.{DOMAIN}", "TXT", ['"v=spf1 -all"']),
        (f"_dmarc.{DOMAIN}", "TXT", ['"v=DMARC1; p=none"']),
    ],
)
def test_a_record_that_is_missing_or_says_otherwise_is_to_be_set(name: str, kind: str, instead: list[str]) -> None:
    found = examined(zone={**ZONE, (name, kind): instead})["DNS"]
    assert found.state == "wrong"
    assert found.said.startswith(f"set {name} {kind} ")
    assert ";" not in found.said.replace("v=DMARC1;", "")


def test_the_local_stack_is_not_asked_what_only_aws_knows(cloud: Cloud) -> None:
    place = Place("local", "acme", "", "", cloud.settings)
    found = list(Examination(place, [ACME], lambda _name, _kind: [], lambda: NOW).findings())
    assert not ON_AWS_ONLY & {finding.about for finding in found}
    # Nothing is deployed here.
    assert next(one for one in found if one.about == "stacks").said.startswith("cis-account is not there, ")


def test_what_may_not_be_asked_is_unknown_and_not_well() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "GetAccount")
    found = examined(Account({"get_account": denied}))["sandbox"]
    assert found == Finding("sandbox", "unknown", "AWS answers AccessDenied to GetAccount")


@pytest.mark.parametrize(("enabled", "state"), [(False, "well"), (True, "wrong")])
def test_the_rule_of_a_suspended_tenant_is_off(enabled: bool, state: str) -> None:
    home = {**ACME["stages"]["prod"], "suspended": True}
    rules = {"Metadata": {"Name": "cis"}, "Rules": [{**RULE, "Enabled": enabled}]}
    account = Account({"describe_active_receipt_rule_set": rules})
    tenants = [{**ACME, "stages": {"prod": home}}]
    place = Place("prod", "acme", "us-east-1", "")
    object.__setattr__(place, "_new_client", lambda _service: account.client())
    findings = Examination(place, tenants, lambda _name, _kind: [], lambda: NOW).findings()
    assert next(one.state for one in findings if one.about == "rule set") == state
