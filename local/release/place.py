"""Where a bundle is deployed: AWS as the credentials at hand have it, or the local stack that rehearses it."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import clients
from stack.environments import for_installing, for_the_stack
from stack.install import INFRA
from stack.settings import ACCOUNT, REGION, Refusal, Settings

# Twenty stacks shift their calls at a time. What a first try has kept when it was rolled back, log groups above all, is
# taken up again: under its own name it could not be made a second time.
ON_AWS = ("--concurrency", "20", "--import-existing-resources")


@dataclass(frozen=True)
class Place:
    """`client` makes an AWS client of a service; `post` mails bytes from an address to another.

    `asks_from` is who converses: an address of no tenant's domain, for a tenant takes up no mail of his own.
    """

    account: str
    region: str
    environment: dict[str, str]
    logs: Path
    asks_from: str
    client: Callable[[str], Any]
    post: Callable[[str, str, bytes], None]
    # What `cdk deploy` is told besides.
    deploys_with: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """As CDK writes it."""
        return f"aws://{self.account}/{self.region}"

    @property
    def releases(self) -> str:
        """The bucket that holds what is deployed, for whoever has to go back to it."""
        return f"cis-releases-{self.account}-{self.region}"

    def cdk(self, *arguments: str) -> None:
        """The CDK of infra/'s lock file, which the bundle was described with; nothing else of the source."""
        command = [str(INFRA / "node_modules" / ".bin" / "cdk"), *arguments, "--no-color", "--no-notices"]
        environment = {**self.environment, "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"}
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / "release-cdk.log"
        with log.open("ab") as output:
            output.write(f"\n$ cdk {' '.join(arguments)}\n".encode())
            output.flush()
            done = subprocess.run(
                command,
                cwd=self.logs,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode != 0:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            raise Refusal(f"`cdk {arguments[0]}` failed; its log {log} ends:\n{said}")


def on_aws(settings: Settings) -> Place:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise Refusal("AWS_REGION does not say where to deploy")
    session = boto3.Session(region_name=region)
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise Refusal(f"AWS does not say whose credentials these are: {error}") from error

    asks_from = os.environ.get("CIS_CONVERSATION_FROM", "")

    def post(sender: str, to: str, raw: bytes) -> None:
        session.client("sesv2").send_email(
            FromEmailAddress=sender, Destination={"ToAddresses": [to]}, Content={"Raw": {"Data": raw}}
        )

    return Place(
        account=account,
        region=region,
        environment=for_installing(settings),
        logs=settings.state / "logs",
        asks_from=asks_from,
        client=session.client,
        post=post,
        deploys_with=ON_AWS,
    )


def on_this_machine(stage: Settings) -> Place:
    import smtplib

    def post(sender: str, to: str, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", stage.ports["CIS_SMTP_PORT"], timeout=30) as server:
            server.sendmail(sender, [to], raw)

    return Place(
        account=ACCOUNT,
        region=REGION,
        environment=for_the_stack(stage),
        logs=stage.logs,
        asks_from="conversation@people.example",
        client=lambda service: clients.client(stage, service),
        post=post,
        deploys_with=("--concurrency", "5"),
    )
