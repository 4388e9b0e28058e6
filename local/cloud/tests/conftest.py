"""A cloud of its own for the tests: started like the stack's, on a free port, in a temporary folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from stack.certificate import ensure_certificate
from stack.environments import for_the_cloud
from stack.settings import ACCOUNT, REGION, Settings


class Cloud:
    """One running MiniStack and clients to it."""

    def __init__(self, state: Path) -> None:
        ports = {name: free_port() for name in ("CIS_CLOUD_PORT", "CIS_SES_PORT", "CIS_SMTP_PORT")}
        ports |= {name: free_port() for name in ("CIS_MAILBOX_SMTP_PORT", "CIS_MAILBOX_PORT")}
        self.settings = Settings(state=state, tools=state, ports=ports)
        (state / "tmp").mkdir(parents=True, exist_ok=True)
        ensure_certificate(self.settings)
        self.start()

    def start(self) -> None:
        environment = for_the_cloud(self.settings)
        # The functions of these tests are in Python: no SES edge stands beside this cloud.
        environment.pop("AWS_ENDPOINT_URL_SESV2")
        environment |= {"ALARM_SECONDS": "0.3", "SAVE_SECONDS": "3600", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.log = (self.settings.state / "cloud.log").open("ab")
        command = [sys.executable, "-m", "cloud"]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        try:
            eventually(lambda: port_open(self.settings.ports["CIS_CLOUD_PORT"]) or None, within_secs=120)
        except BaseException:
            # Nobody else knows of it.
            self.process.kill()
            raise

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        known = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": ""}
        return boto3.client(
            service,
            endpoint_url=self.settings.cloud_url,
            region_name=REGION,
            verify=str(self.settings.certificate),
            aws_access_key_id=known["AccessKeyId"],
            aws_secret_access_key=known["SecretAccessKey"],
            aws_session_token=known["SessionToken"] or None,
            config=Config(retries={"max_attempts": 1}, proxies={}),
        )

    def role(self, name: str, *statements: dict[str, Any]) -> str:
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(*statements))
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def as_role(self, arn: str, service: str) -> Any:
        assumed = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
        return self.client(service, assumed["Credentials"])

    def deploy(self, stack: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        """Creates the stack or updates it; its outputs."""
        cloudformation = self.client("cloudformation")
        template = {
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()},
        }
        pages = cloudformation.get_paginator("list_stacks").paginate()
        known = [one for page in pages for one in page["StackSummaries"]]
        names = {one["StackName"] for one in known if one["StackStatus"] != "DELETE_COMPLETE"}
        act = cloudformation.update_stack if stack in names else cloudformation.create_stack
        act(StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"])

        def settled() -> dict[str, Any] | None:
            found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

        found = eventually(settled)
        assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), found
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(look: Callable[[], Any], within_secs: float = 60.0) -> Any:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + within_secs
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not seen within {within_secs} s"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud(tmp_path_factory.mktemp("cloud"))
    yield running
    running.stop()


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """For tests that restart it."""
    running = Cloud(tmp_path)
    yield running
    running.stop()
