"""The deployed local stack with the counting proxy between functions and cloud, and what a user does with it."""

import hashlib
import json
import re
import shutil
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from bench.bench import Bench
from bench.costs import Invoked
from bench.place import EVERYTHING, ORGANIZER, invitation
from bench.proxy import Proxy
from bench.trusting import open_url
from stack.build import Built, build
from stack.clients import client
from stack.commands import put_up
from stack.deploy import FUNCTIONS
from stack.environment_file import read_environment
from stack.progress import say, step
from stack.settings import ACCOUNT, MAIL_DOMAIN, REGION, STACKS, TABLE, Refusal, Settings

PROXY_ABOVE = 200
GROUPS = f"/aws/lambda/{STACKS}-"
REPORT = re.compile(r"^REPORT .*Billed Duration: (?P<ms>[\d.]+) ms\s+Memory Size: (?P<mb>\d+) MB")
# What CloudWatch adds to each event.
LOG_EVENT_BYTES = 26
QUIET_SECS = 6.0
# A gateway that is too busy to answer is asked again: two cores are little for all that runs here.
ASKS = 60
TOO_BUSY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)


@dataclass(frozen=True)
class Deployed:
    settings: Settings
    proxy: Proxy
    functions: dict[str, Any]

    def new_event(self, tag: str) -> str:
        """Mails the organizer's invitation; the uid of the event, once it is in the table."""
        with smtplib.SMTP("127.0.0.1", self.settings.ports["CIS_SMTP_PORT"], "organizer.test") as post:
            post.sendmail(ORGANIZER, [f"create@{MAIL_DOMAIN}"], invitation(tag))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for page in (
                client(self.settings, "dynamodb")
                .get_paginator("scan")
                .paginate(
                    TableName=TABLE,
                    FilterExpression="begins_with(sk, :event) AND client_uid = :tag",
                    ExpressionAttributeValues={":event": {"S": "event#"}, ":tag": {"S": tag}},
                )
            ):
                for item in page["Items"]:
                    return item["sk"]["S"].removeprefix("event#")
            time.sleep(0.5)
        raise Refusal("the event was not recorded within a minute")

    def upload(self, uid: str, rows: bytes) -> str:
        """Announces a list to the API and uploads it to the address that gives; the job's name."""
        begun = self.api("POST", f"/event/{uid}/lists", {})
        open_url(Request(begun["upload"]["url"], data=rows, method="PUT"), self.settings).close()
        return begun["job"]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.text(method, path, body)[0])

    def text(self, method: str, path: str, body: Any = None) -> tuple[str, Message]:
        """The body of the answer, and its headers."""
        known = read_environment(self.settings)
        request = Request(
            known["CIS_API_URL"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {known['CIS_API_TOKEN']}", "Content-Type": "application/json"},
        )
        for _ in range(ASKS):
            try:
                with open_url(request, self.settings) as answer:
                    return answer.read().decode(), answer.headers
            except HTTPError as error:
                if error.code not in TOO_BUSY or method != "GET":
                    raise
                say(f"  the gateway answers {error.code}; it is asked again")
                time.sleep(2)
        raise Refusal(f"the gateway did not answer {method} {path}")

    def until(self, what: str, is_so: Callable[[], bool], within_secs: float) -> None:
        """Until it is so, and then until nothing more happens."""
        deadline = time.monotonic() + within_secs
        with step(f"until {what}"):
            while True:
                if is_so():
                    break
                if time.monotonic() > deadline:
                    raise Refusal(f"{what}: not within {within_secs:.0f} s")
                time.sleep(2)
            before, since = -1, time.monotonic()
            while time.monotonic() - since < QUIET_SECS:
                now = self.proxy.counts.of().requests
                if now != before:
                    before, since = now, time.monotonic()
                time.sleep(0.2)

    def invoked(self, since: float) -> list[Invoked]:
        """What each function was called for since then, by its own logs."""
        logs, found = client(self.settings, "logs"), []
        for name, spec in self.functions.items():
            calls, gb_seconds, size = 0, 0.0, 0
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=GROUPS + name, startTime=int(since * 1000)
            )
            try:
                for event in (event for page in pages for event in page["events"]):
                    size += len(event["message"].encode()) + LOG_EVENT_BYTES
                    if report := REPORT.match(event["message"]):
                        calls += 1
                        gb_seconds += float(report["ms"]) / 1000 * int(report["mb"]) / 1024
            except logs.exceptions.ResourceNotFoundException:
                continue
            if calls:
                found.append(Invoked(name, calls, gb_seconds, size, "queue" in spec["trigger"]))
        return found


@contextmanager
def deployed(bench: Bench, sends_per_second: float, mailbox_at: str = "") -> Iterator[Deployed]:
    """`sends_per_second` is what SES has granted. The mail goes to the SMTP server at `mailbox_at`, or to nobody: ten
    thousand are too many for the mailbox of scripts/dev."""
    ports = {name: bench.settings.ports[name] + PROXY_ABOVE for name in ("CIS_CLOUD_PORT", "CIS_SES_PORT")}
    settings = replace(
        bench.settings,
        cloud_environment={
            **bench.settings.cloud_environment,
            "AWS_ENDPOINT_URL": f"https://localhost:{ports['CIS_CLOUD_PORT']}",
            "AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{ports['CIS_SES_PORT']}",
        },
        post_office_options=() if mailbox_at else ("--no-mailbox",),
        mailbox_at=mailbox_at,
    )
    proxy = Proxy(
        settings.certificate,
        settings.certificate_key,
        {ports["CIS_CLOUD_PORT"]: settings.cloud_url, ports["CIS_SES_PORT"]: settings.ses_url},
    )
    proxy.start()
    try:
        put_up(settings, _optimized(bench, build(settings)))
        listed = json.loads(FUNCTIONS.read_text())["functions"]
        functions = {function["name"]: function for function in listed}
        with step("give the tenant room"):
            proxy.name_callers(_give_room(settings, functions, sends_per_second))
        yield Deployed(settings, proxy, functions)
    finally:
        bench.stop()
        proxy.stop()


def _optimized(bench: Bench, built: Built) -> Built:
    bundle = bench.settings.state / "optimized"
    bundle.mkdir(parents=True, exist_ok=True)
    shutil.copy2(bench.functions, bundle / "bootstrap")
    return replace(built, bundle=bundle)


def _give_room(settings: Settings, functions: dict[str, Any], sends_per_second: float) -> dict[str, str]:
    """Raises the tenant's limits. Functions by the access keys they sign with, as the pinned MiniStack derives them."""
    lambdas, keys = client(settings, "lambda"), {}
    for name in functions:
        deployed_as = f"{STACKS}-{name}"
        known = lambdas.get_function_configuration(FunctionName=deployed_as)
        variables = known.get("Environment", {}).get("Variables", {})
        if "TENANT" in variables:
            tenant = json.loads(variables["TENANT"])
            tenant["limits"]["invites_per_event"] = EVERYTHING
            tenant["ses_sends_per_second"] = sends_per_second
            variables["TENANT"] = json.dumps(tenant)
            lambdas.update_function_configuration(FunctionName=deployed_as, Environment={"Variables": variables})
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{deployed_as}"
        digest = hashlib.sha256(f"{arn}:{known['Role']}".encode()).hexdigest()
        keys[f"ASIA{digest[:16].upper()}"] = name
    return keys
