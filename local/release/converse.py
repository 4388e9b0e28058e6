"""A short conversation with a stage: a mail goes in, and the answer to it goes out.

It is a mail without a calendar, which is refused with a reason: it takes the whole way, by SES, inbox, topics, queues,
functions, table and SES again, and leaves no event behind.
"""

import email.policy
import hashlib
import time
import uuid
from dataclasses import dataclass
from email.message import EmailMessage

from release.place import Place
from stack.progress import step
from stack.settings import Refusal

REASON = "no-calendar"
LOOKS_EVERY_SECS = 1.0


@dataclass(frozen=True)
class Tenant:
    """One tenant of the stage, as far as somebody who mails it knows it."""

    name: str
    table: str
    mail_domain: str


def converse(place: Place, tenant: Tenant, within_secs: float) -> bool:
    """Whether the answer was sent."""
    # Another sender each time: whoever was told a reason is not told it again for an hour.
    mailbox, at, domain = place.asks_from.rpartition("@")
    if not at:
        raise Refusal("CIS_CONVERSATION_FROM names no address to converse from (docs/releases.md)")
    sender = f"{mailbox}+{uuid.uuid4().hex[:12]}@{domain}"
    with step(f"converse with {tenant.name}"):
        place.post(sender, f"create@{tenant.mail_domain}", _mail(sender, f"create@{tenant.mail_domain}"))
        deadline = time.monotonic() + within_secs
        while time.monotonic() < deadline:
            if _answered(place, tenant, sender):
                return True
            time.sleep(LOOKS_EVERY_SECS)
    return False


def _answered(place: Place, tenant: Tenant, sender: str) -> bool:
    notice = f"notice#{hashlib.sha256(sender.encode()).hexdigest()}#{REASON}"
    key = {"pk": {"S": notice}, "sk": {"S": notice}}
    found = place.client("dynamodb").get_item(TableName=tenant.table, Key=key, ConsistentRead=True)
    return found.get("Item", {}).get("is_sent", {}).get("BOOL") is True


def _mail(sender: str, to: str) -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Are you there?"
    mail["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
    mail["Date"] = email.utils.localtime()
    mail.set_content("This mail holds no invitation, and is refused for it: so somebody is there.")
    return mail.as_bytes()
