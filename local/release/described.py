"""What an assembly describes of a stage in one account and region: it may span several, each with its own roles."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.converse import Tenant
from stack.settings import Refusal

STACK = "aws:cloudformation:stack"


@dataclass(frozen=True)
class Described:
    """Stacks by the names `cdk` takes. Tenants' stacks need the account's, which CDK does not know."""

    account_stacks: list[str]
    tenant_stacks: list[str]
    tenants: list[Tenant]


def described(assembly: Path, stage: str, where: str) -> Described:
    """`where` is `aws://<account>/<region>`, as CDK writes it."""
    stacks, tenants, elsewhere = [], [], set()
    for folder in sorted(assembly.glob(f"assembly-{stage}-*")):
        here = []
        for stack in _stacks(folder):
            if stack["environment"] == where:
                here.append(stack["displayName"])
            else:
                elsewhere.add(stack["environment"])
        if here:
            stacks += here
            tenants.append(_tenant(folder, stage))
    if not stacks:
        found = ", ".join(sorted(elsewhere)) or "nowhere"
        raise Refusal(
            f"Nothing of {stage} belongs into {where}; it is described for {found}. "
            "Take the credentials and AWS_REGION of one of these"
        )
    accounts = [stack["displayName"] for stack in _stacks(assembly) if stack["environment"] == where]
    return Described(accounts, stacks, tenants)


def stages_in(assembly: Path) -> set[str]:
    return {path.name.split("-")[1] for path in assembly.glob("assembly-*-*")}


def _stacks(folder: Path) -> Iterator[dict[str, Any]]:
    for artifact in json.loads((folder / "manifest.json").read_text())["artifacts"].values():
        if artifact["type"] == STACK:
            yield artifact


def _tenant(folder: Path, stage: str) -> Tenant:
    """As its own templates have him."""
    name = folder.name.removeprefix(f"assembly-{stage}-")
    resources = [
        resource
        for template in sorted(folder.glob("*.template.json"))
        for resource in json.loads(template.read_text()).get("Resources", {}).values()
    ]
    domains = {one["Properties"]["EmailIdentity"] for one in resources if one["Type"] == "AWS::SES::EmailIdentity"}
    if len(domains) != 1:
        raise Refusal(f"{folder.name} has {len(domains)} mail domains where one is expected")
    rules = [one["Properties"]["Rule"] for one in resources if one["Type"] == "AWS::SES::ReceiptRule"]
    suspended = any(rule.get("Enabled") is False for rule in rules)
    return Tenant(name, f"cis-{stage}-{name}", domains.pop(), suspended=suspended)
