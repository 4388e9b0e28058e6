"""The logs of functions, as CloudWatch has them, and of the programs, from their files."""

import subprocess
import sys
import time
from typing import Any

from stack.clients import client
from stack.progress import say
from stack.service import Service
from stack.settings import STACKS, Refusal, Settings

GROUPS = f"/aws/lambda/{STACKS}-"
# Lambda's own lines around each call: they say nothing about the work.
AROUND = ("START RequestId:", "END RequestId:", "REPORT RequestId:")
# Ours, and Lambda's own about a function that ended or took too long.
FAILURES = ('"level":"ERROR"', "Task timed out", "Runtime exited", "signal: ")
AGO_MILLIS = 15 * 60 * 1000


def show(settings: Settings, name: str | None, programs: list[Service], *, follow: bool) -> None:
    for program in programs:
        if name == program.name:
            _show_file(program, follow=follow)
            return
    logs = client(settings, "logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePrefix=GROUPS)["logGroups"]]
    known = sorted(group.removeprefix(GROUPS) for group in groups)
    if name is not None and name not in known:
        raise Refusal(
            f"There is no function or program {name}; there are: {', '.join([*known, *(p.name for p in programs)])}"
        )
    wanted = [name] if name else known
    since = int(time.time() * 1000) - AGO_MILLIS
    seen: set[str] = set()
    while True:
        events = sorted(
            ((event["timestamp"], function, event) for function in wanted for event in _events(logs, function, since)),
            key=lambda entry: entry[0],
        )
        for timestamp, function, event in events:
            identity = event.get("eventId") or f"{function}{timestamp}{event['message']}"
            if identity not in seen and not event["message"].startswith(AROUND):
                say(event["message"] if name else f"{function:20} {event['message']}")
            seen.add(identity)
            since = max(since, timestamp - 2000)
        if not follow:
            return
        time.sleep(0.5)


def failures(settings: Settings) -> list[str]:
    """What functions could not do, of all there is, oldest first: what says why a test of the deployed stack failed."""
    logs = client(settings, "logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePrefix=GROUPS)["logGroups"]]
    found = sorted(
        (event["timestamp"], f"{name:20} {event['message'].rstrip()}")
        for name in (group.removeprefix(GROUPS) for group in groups)
        for event in _events(logs, name, 0)
        if any(word in event["message"] for word in FAILURES)
    )
    return [line for _, line in found]


def _events(logs: Any, function: str, since: int) -> list[dict[str, Any]]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=GROUPS + function, startTime=since)
    return [event for page in pages for event in page["events"]]


def _show_file(program: Service, *, follow: bool) -> None:
    if not program.log_file.is_file():
        raise Refusal(f"{program.title} has not been started yet: there is no {program.log_file}")
    arguments = ["-F"] if follow else []
    sys.exit(subprocess.run(["tail", "-n", "200", *arguments, str(program.log_file)], check=False).returncode)
