"""What can be wrong with a deployed stage, each with what to do. Nothing is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from operate.dead_letters import dead_letters_of
from operate.place import Place
from stack.settings import Refusal

Tenant = dict[str, Any]
# What a domain says of a name: the records of one type.
AskDns = Callable[[str, str], list[str]]

PARTS = ("data", "mail", "api", "pipeline", "watch")
STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
RULE_SET = "cis"
# What the local cloud and its post office have no answer to.
ON_AWS_ONLY = {"identity", "DNS", "sandbox", "sending rate"}
# AWS refuses what is signed five minutes early or late.
SKEW_SECS = 60


@dataclass(frozen=True)
class Finding:
    about: str
    state: Literal["well", "wrong", "unknown"]
    said: str


@dataclass(frozen=True)
class Examination:
    place: Place
    tenants: list[Tenant]
    ask_dns: AskDns
    now: Callable[[], datetime]

    def findings(self) -> Iterator[Finding]:
        """In the order in which one thing needs the other."""
        for about, look in (
            ("configuration", self.configuration),
            ("clock", self.clock),
            ("account", self.account),
            ("stacks", self.stacks),
            ("rule set", self.rule_set),
            ("identity", self.identity),
            ("DNS", self.dns),
            ("sandbox", self.sandbox),
            ("sending rate", self.sending_rate),
            ("concurrency", self.concurrency),
            ("alarms", self.alarms),
            ("who is told", self.told),
            ("dead letters", self.dead_letters),
        ):
            if self.place.settings is not None and about in ON_AWS_ONLY:
                continue
            try:
                wrong = look()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                yield Finding(about, "unknown", f"AWS answers {code} to {error.operation_name}")
            except Refusal as refusal:
                yield Finding(about, "unknown", str(refusal))
            else:
                yield Finding(about, "wrong" if wrong else "well", wrong)

    # Each look returns what is wrong and what to do; nothing where all is well.

    def configuration(self) -> str:
        if self._home() is None:
            known = ", ".join(f"{tenant['name']} {stage}" for tenant in self.tenants for stage in tenant["stages"])
            return f"no file names {self.place.tenant} {self.place.stage}; there are {known}"
        return ""

    def clock(self) -> str:
        answer = self.place.client("sts").get_caller_identity()
        there = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        skew = (self.now() - there).total_seconds()
        if abs(skew) > SKEW_SECS:
            return f"this machine's clock is {skew:+.0f} s from AWS's, which refuses what is signed five minutes off"
        return ""

    def account(self) -> str:
        wanted, here = self._home(), self.place.client("sts").get_caller_identity()["Account"]
        if wanted and wanted["account"] != here:
            return f"the credentials are of account {here}, the stage is in {wanted['account']}"
        return ""

    def stacks(self) -> str:
        states = {}
        for part in ("cis-account", *(f"{self.place.prefix}-{part}" for part in PARTS)):
            try:
                described = self.place.client("cloudformation").describe_stacks(StackName=part)
                states[part] = described["Stacks"][0]["StackStatus"]
            except ClientError as error:
                if "does not exist" not in str(error):
                    raise
                states[part] = "not there"
        return ", ".join(f"{part} is {state}" for part, state in states.items() if state not in STANDING)

    def rule_set(self) -> str:
        active = self.place.client("ses").describe_active_receipt_rule_set()
        name = active.get("Metadata", {}).get("Name")
        if name != RULE_SET:
            found = f"{name} is" if name else "none is"
            return f"{found} active, so mail is not received: aws ses set-active-receipt-rule-set --rule-set-name cis"
        rules = {rule["Name"]: rule for rule in active.get("Rules", [])}
        rule = rules.get(self.place.prefix)
        if rule is None:
            return f"it has no rule {self.place.prefix}: deploy {self.place.prefix}-mail"
        # A suspended tenant's mail is refused: that is as it should be.
        takes_mail = not (self._home() or {}).get("suspended", False)
        good = {"Enabled": takes_mail, "ScanEnabled": True, "TlsPolicy": "Require"}
        changed = [f"{setting} {rule.get(setting)}" for setting, value in good.items() if rule.get(setting) != value]
        return f"its rule was changed by hand: {', '.join(changed)}; deploy it again" if changed else ""

    def identity(self) -> str:
        identity = self.place.client("sesv2").get_email_identity(EmailIdentity=self._mail_domain())
        wrong = []
        if not identity.get("VerifiedForSendingStatus"):
            wrong.append("the domain is not verified: the DKIM records are not seen yet")
        if identity.get("DkimAttributes", {}).get("Status", "SUCCESS") != "SUCCESS":
            wrong.append(f"DKIM is {identity['DkimAttributes']['Status']}")
        if identity.get("MailFromAttributes", {}).get("MailFromDomainStatus", "SUCCESS") != "SUCCESS":
            wrong.append(f"MAIL FROM is {identity['MailFromAttributes']['MailFromDomainStatus']}")
        return "; ".join(wrong)

    def dns(self) -> str:
        """What the mail stack says has to be there."""
        described = self.place.client("cloudformation").describe_stacks(StackName=f"{self.place.prefix}-mail")
        outputs = {one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0].get("Outputs", [])}
        lines = [value.split(" ", 2) for key, value in sorted(outputs.items()) if "Record" in key]
        missing = [f"{name} {kind} {value}" for name, kind, value in lines if not self._stands(name, kind, value)]
        return f"set {'; '.join(missing)}" if missing else ""

    def sandbox(self) -> str:
        account = self.place.client("sesv2").get_account()
        if not account.get("ProductionAccessEnabled"):
            return "SES sends to verified addresses only: ask AWS to take the account out of the sandbox"
        if not account.get("SendingEnabled", True):
            return f"SES has paused sending: {account.get('EnforcementStatus', 'no reason given')}"
        return ""

    def sending_rate(self) -> str:
        """Of all tenants together: SES counts by account and region."""
        home = self._home() or {}
        granted = self.place.client("sesv2").get_account()["SendQuota"]["MaxSendRate"]
        neighbours = {
            f"{tenant['name']} {stage}": where.get("sesSendsPerSecond", tenant["sesSendsPerSecond"])
            for tenant in self.tenants
            for stage, where in tenant["stages"].items()
            if (where["account"], where["region"]) == (home.get("account"), home.get("region"))
        }
        if sum(neighbours.values()) <= granted:
            return ""
        asked = ", ".join(f"{name} {rate:g}" for name, rate in neighbours.items())
        return f"SES grants {granted:g} mails a second; here are {asked}: ask for more, or lower sesSendsPerSecond"

    def concurrency(self) -> str:
        limit = self.place.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
        wanted = sum(
            one.function["trigger"]["queue"]["max_concurrency"]
            for one in dead_letters_of(self.place)
            if not one.is_of_a_stream
        )
        if wanted <= limit:
            return ""
        return f"Lambda runs {limit} at once here, this stage alone may want {wanted}: ask for more (Service Quotas)"

    def alarms(self) -> str:
        pages = self.place.client("cloudwatch").get_paginator("describe_alarms")
        ringing = [
            alarm["AlarmName"].removeprefix(f"{self.place.prefix}-")
            for page in pages.paginate(AlarmNamePrefix=f"{self.place.prefix}-", StateValue="ALARM")
            for alarm in page["MetricAlarms"]
        ]
        return f"{', '.join(ringing)}: docs/operations.md has a section for each" if ringing else ""

    def told(self) -> str:
        home = self._home() or {}
        topic = f"arn:aws:sns:{home.get('region')}:{home.get('account')}:{self.place.prefix}-alarms"
        listed = self.place.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if not listed:
            return "nobody hears of alarms: name somebody in alarms.emails"
        waiting = [one["Endpoint"] for one in listed if one["SubscriptionArn"] == "PendingConfirmation"]
        return f"not confirmed yet by {len(waiting)} of {len(listed)}" if waiting else ""

    def dead_letters(self) -> str:
        counted = {one.name: one.count() for one in dead_letters_of(self.place)}
        there = ", ".join(f"{name} {count}" for name, count in counted.items() if count)
        return f"{there}: scripts/dlq explain" if there else ""

    def _home(self) -> Tenant | None:
        found = (tenant for tenant in self.tenants if tenant["name"] == self.place.tenant)
        return next((tenant["stages"].get(self.place.stage) for tenant in found), None)

    def _mail_domain(self) -> str:
        tenant = next((one for one in self.tenants if one["name"] == self.place.tenant), None)
        if tenant is None or self._home() is None:
            raise Refusal("it is not known which domain the stage has")
        return self._home().get("mailDomain", tenant["domain"])

    def _stands(self, name: str, kind: str, value: str) -> bool:
        # A long text comes in pieces: "v=spf1 …" "… ~all".
        found = [one.replace('" "', "").strip('"').rstrip(".").lower() for one in self.ask_dns(name, kind)]
        if name.startswith("_dmarc."):
            # A stricter record than ours, or one that sends reports, too, is as good.
            return any(one.startswith("v=dmarc1") and "p=none" not in one.replace(" ", "") for one in found)
        if kind == "TXT":
            return any(one.startswith("v=spf1") and "include:amazonses.com" in one for one in found)
        if kind == "MX":
            # Whatever its preference.
            return value.split()[-1] in [one.split()[-1] for one in found]
        return value.lower() in found


def utc_now() -> datetime:
    return datetime.now(UTC)
