"""SES v2 SendEmail is authorized as SES does it.

MiniStack asks for `ses:SendEmail` on `*`, which no policy naming an identity can grant. SES asks for the right on the
identity the sender belongs to and on the configuration set, and for raw mail the action is `ses:SendRawEmail`.
"""

import json
from email.utils import parseaddr
from typing import Any

OUTBOUND = "/v2/email/outbound-emails"


def apply() -> None:
    from ministack import app
    from ministack.core.responses import get_account_id
    from ministack.core.router import extract_region
    from ministack.services import ses_v2

    stock = app._enforce_ses_v2

    def sending_identity(sender: str) -> str:
        """The address where it is an identity of its own, else the closest domain above it that is one."""
        address = parseaddr(sender)[1].lower()
        domain = address.rpartition("@")[2]
        labels = domain.split(".")
        candidates = [address, *(".".join(labels[start:]) for start in range(len(labels) - 1))]
        return next((name for name in candidates if name in ses_v2._identities), domain or address)

    def enforce(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Any:
        if not app.AUTH or method != "POST" or path.rstrip("/") != OUTBOUND:
            return stock(method, path, headers, body, query, request_id)
        try:
            request = json.loads(body)
        except ValueError:
            return stock(method, path, headers, body, query, request_id)
        raw = (request.get("Content") or {}).get("Raw") or {}
        sender = request.get("FromEmailAddress") or ses_v2._parse_raw_mime(raw.get("Data", "")).get("From", "")
        prefix = f"arn:aws:ses:{extract_region(headers, query)}:{get_account_id()}"
        resources = [request.get("FromEmailAddressIdentityArn") or f"{prefix}:identity/{sending_identity(sender)}"]
        if request.get("ConfigurationSetName"):
            resources.append(f"{prefix}:configuration-set/{request['ConfigurationSetName']}")
        action = "ses:SendRawEmail" if raw else "ses:SendEmail"
        for resource in resources:
            denied = app._enforce_data_plane(
                "sesv2", action, headers, query, request_id, resource_arn=resource, named_resource=resource
            )
            if denied:
                return denied
        return None

    app._enforce_ses_v2 = enforce
