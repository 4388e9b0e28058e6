"""What a tenant has in the cloud, as its stacks say."""

from dataclasses import dataclass, field

from stack.clients import client
from stack.settings import STAGE, Settings

PARTS = ("data", "mail", "api", "pipeline", "watch")


@dataclass(frozen=True)
class Tenant:
    name: str
    mail_domain: str
    resources: dict[str, list[str]] = field(default_factory=dict)
    """By CloudFormation's type: physical ids."""

    @property
    def prefix(self) -> str:
        return f"cis-{STAGE}-{self.name}"

    def of(self, kind: str) -> list[str]:
        found = sorted(self.resources.get(kind, []))
        if not found:
            raise LookupError(f"{self.prefix} has no {kind}: its stacks changed, and what is attacked has to follow")
        return found

    def short(self, physical_id: str) -> str:
        """`…/cis-local-acme-send-invite` is `send-invite`; what is called as the tenant is called `itself`."""
        return physical_id.rpartition(self.prefix)[2].lstrip("-") or "itself"


def find_tenant(settings: Settings, name: str) -> Tenant:
    tenant = Tenant(name, f"{name}.invites.example")
    stacks = client(settings, "cloudformation")
    for part in PARTS:
        pages = stacks.get_paginator("list_stack_resources").paginate(StackName=f"{tenant.prefix}-{part}")
        for resource in (summary for page in pages for summary in page["StackResourceSummaries"]):
            tenant.resources.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
    return tenant
