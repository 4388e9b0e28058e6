"""One tenant's stage, and clients that reach it."""

import argparse
import re
from dataclasses import dataclass, field
from typing import Any

from stack import clients, install
from stack.settings import STAGE, TENANT, Refusal, Settings, read_settings

NAME = re.compile(r"^[a-z][a-z0-9]{1,19}$")


@dataclass(frozen=True)
class Place:
    stage: str
    tenant: str
    region: str
    profile: str
    # The local stack's; None on AWS.
    settings: Settings | None = None
    clients: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def prefix(self) -> str:
        return f"cis-{self.stage}-{self.tenant}"

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self._new_client(service)
        return self.clients[service]

    def _new_client(self, service: str) -> Any:
        if self.settings is not None:
            return clients.client(self.settings, service)
        import boto3

        # The caller's own credentials, as the AWS CLI finds them.
        session = boto3.Session(profile_name=self.profile or None, region_name=self.region or None)
        if session.region_name is None:
            raise Refusal("Which region? Say --region, or set AWS_REGION")
        return session.client(service)


def add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenant", default=TENANT, help=f"the tenant ({TENANT})")
    parser.add_argument("--stage", default=STAGE, help=f"the stage; {STAGE} is the stack on this machine ({STAGE})")
    parser.add_argument("--region", default="", help="as the AWS CLI has it, unless said")
    parser.add_argument("--profile", default="", help="of the AWS CLI's configuration")


def place_of(arguments: argparse.Namespace, module: str) -> Place:
    """Goes on in the Python that has the packages it needs."""
    for name in (arguments.tenant, arguments.stage):
        if not NAME.match(name):
            raise Refusal(f"{name} is no name of a tenant or stage")
    settings = read_settings()
    install.install_python(settings)
    install.continue_in(settings, module)
    is_local = arguments.stage == STAGE
    if is_local and not settings.environment_file.is_file():
        raise Refusal("There is no local stack: scripts/dev starts one; --stage names one on AWS")
    return Place(arguments.stage, arguments.tenant, arguments.region, arguments.profile, settings if is_local else None)
