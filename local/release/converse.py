"""A short conversation with a stage: a mail goes in, and the answer to it goes out.

It is a mail without a calendar, which is refused with a reason: it takes the whole way, by SES, inbox, topics, queues,
functions, table and SES again, and leaves no event behind.
"""

import email.policy
import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from release.place import Place
from stack.progress import step
from stack.settings import Refusal

REASON = "no-calendar"
LOOKS_EVERY_SECS = 1.0


@dataclass(frozen=True)
class Tenant:
    """One tenant of the stage, as far as somebody who mails it knows it. A suspended one takes no mail."""

    name: str
    table: str
    mail_domain: str
    suspended: bool = False


def converse(place: Place, tenants: Sequence[Tenant], within_secs: float) -> dict[str, str]:
    """Who has not answered, and why. All are asked before anybody is waited for: a hundred take no longer than one."""
    check_that_one_can_ask(place)
    if not tenants:
        return {}
    silent: dict[str, str] = {}
    asked: dict[str, tuple[Tenant, str]] = {}
    with step(f"converse with {', '.join(tenant.name for tenant in tenants)}"):
        for tenant in tenants:
            try:
                asked[tenant.name] = (tenant, _ask(place, tenant))
            except _failures() as error:
                silent[tenant.name] = f"could not be asked: {error}"
        tables = place.client("dynamodb")
        deadline = time.monotonic() + within_secs
        while asked and time.monotonic() < deadline:
            for name, (tenant, sender) in list(asked.items()):
                silent[name] = f"did not answer within {within_secs:.0f} s"
                try:
                    if _answered(tables, tenant, sender):
                        del asked[name], silent[name]
                except _failures() as error:
                    # Looked for again: it may be a moment's fault.
                    silent[name] = (
                        f"was asked, but whether he answered cannot be seen (a role that does not know him yet? "
                        f"Deploy release-roles again): {error}"
                    )
            if asked:
                time.sleep(LOOKS_EVERY_SECS)
    return silent


def check_that_one_can_ask(place: Place) -> None:
    """Before anything is deployed: nobody could say afterwards whether it works."""
    mailbox, at, domain = place.asks_from.rpartition("@")
    if not (mailbox and at and domain):
        raise Refusal("CIS_CONVERSATION_FROM names no address to converse from (docs/releases.md)")


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError, OSError)


def _ask(place: Place, tenant: Tenant) -> str:
    """The sender: another each time, for whoever was told a reason is not told it again for an hour."""
    mailbox, _, domain = place.asks_from.rpartition("@")
    sender = f"{mailbox}+{uuid.uuid4().hex[:12]}@{domain}"
    to = f"create@{tenant.mail_domain}"
    place.post(sender, to, _mail(sender, to))
    return sender


def _answered(tables: Any, tenant: Tenant, sender: str) -> bool:
    notice = f"notice#{hashlib.sha256(sender.encode()).hexdigest()}#{REASON}"
    key = {"pk": {"S": notice}, "sk": {"S": notice}}
    found = tables.get_item(TableName=tenant.table, Key=key, ConsistentRead=True)
    return found.get("Item", {}).get("is_sent", {}).get("BOOL") is True


def _mail(sender: str, to: str) -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Are you there?"
    mail["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
    mail["Date"] = email.utils.localtime()
    mail.set_content("This mail holds no invitation, and is refused for it: so somebody is there.")
    return mail.as_bytes()
