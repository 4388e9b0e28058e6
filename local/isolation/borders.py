"""What one tenant's people hold is worth nothing at another: tokens, keys, cursors, tickets, signed addresses."""

import json
import re
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from typing import Any

from isolation.tenant import Tenant
from release.traffic import People
from stack.clients import client
from stack.deploy import outputs
from stack.seed import seed
from stack.settings import Refusal, Settings

PATIENCE_SECS = 60
NOBODYS_EVENT = "0" * 40


@dataclass(frozen=True)
class Held:
    """One thing, what it does at home, and what abroad."""

    what: str
    at_home: str
    abroad: str
    worthless: bool


def try_what_is_held(settings: Settings, home: Tenant, abroad: Tenant, urls: dict[str, str], token: str) -> list[Held]:
    """After a story was played at home, whose letters are in the mailbox."""
    letter = _invitation(settings, home)
    return [
        _token(settings, home, abroad, urls, token),
        _key(settings, home, abroad, urls, token),
        _cursor(settings, home, abroad, urls, token),
        _ticket(settings, home, abroad, urls, letter),
        _reply_address(settings, abroad, letter),
    ]


def _token(settings: Settings, home: Tenant, abroad: Tenant, urls: dict[str, str], token: str) -> Held:
    path = f"/event/{NOBODYS_EVENT}"
    answers = [_status(settings, "GET", urls[tenant.name] + path, token) for tenant in (home, abroad)]
    return Held("an administrator's token, at the API", *map(str, answers), worthless=answers == [404, 401])


def _key(settings: Settings, home: Tenant, abroad: Tenant, urls: dict[str, str], token: str) -> Held:
    wanted = json.dumps({"name": "isolation", "scopes": ["events:read"]}).encode()
    by_admin = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    made = urllib.request.Request(f"{urls[home.name]}/system/keys", method="POST", headers=by_admin, data=wanted)
    with _opener(ssl.create_default_context(cafile=str(settings.certificate))).open(made, timeout=30) as answer:
        key = {"X-Api-Key": json.loads(answer.read())["key"]}
    path = f"/event/{NOBODYS_EVENT}"
    asked = (urllib.request.Request(urls[tenant.name] + path, headers=key) for tenant in (home, abroad))
    answers = [_status_of(settings, request) for request in asked]
    return Held("a program's key, at the API", *map(str, answers), worthless=answers == [404, 401])


def _cursor(settings: Settings, home: Tenant, abroad: Tenant, urls: dict[str, str], token: str) -> Held:
    """Handed in by an administrator of the other tenant, whose own token is good there."""
    People(settings).make_event("second")
    theirs = seed(settings, outputs(settings, abroad.prefix), "")
    first = json.loads(_read(f"{urls[home.name]}/system/events?limit=1", settings, token))
    if not first["next"]:
        raise Refusal(f"{home.name} has no second page of events")
    path = f"/system/events?limit=1&after={first['next']}"
    here, there = (
        _status(settings, "GET", urls[tenant.name] + path, own) for tenant, own in ((home, token), (abroad, theirs))
    )
    first_page = _status(settings, "GET", f"{urls[abroad.name]}/system/events?limit=1", theirs)
    worthless = [here, there, first_page] == [200, 400, 200]
    return Held("a cursor, at the API, with a token of the tenant's own", str(here), str(there), worthless)


def _ticket(settings: Settings, home: Tenant, abroad: Tenant, urls: dict[str, str], letter: Message) -> Held:
    offered = re.search(r"<(https://[^>]+)>", str(letter["List-Unsubscribe"]).replace("\n", ""))
    if offered is None or not offered[1].startswith(urls[home.name]):
        raise Refusal(f"the letter offers no page at {urls[home.name]}: {letter['List-Unsubscribe']}")
    path = offered[1].removeprefix(urls[home.name])
    there = _status(settings, "POST", urls[abroad.name] + path)
    here = _status(settings, "POST", urls[home.name] + path)
    blocked = [key for key in _keys(settings, abroad) if key["sk"]["S"].startswith("block#")]
    worthless = here == 200 and there in (400, 404) and not blocked
    return Held("the ticket of a letter's List-Unsubscribe, at the page", str(here), str(there), worthless)


def _reply_address(settings: Settings, abroad: Tenant, letter: Message) -> Held:
    """The signed part of the address at the other tenant's domain; and the mail as it would be, sent to it."""
    signed = re.search(r"[\w.+-]+@[\w.-]+", str(letter["Reply-To"]))
    attendee = re.search(r"[\w.+-]+@[\w.-]+", str(letter["To"]))
    if signed is None or attendee is None or "+" not in signed[0]:
        raise Refusal(f"the letter has no signed address to reply to: {letter['Reply-To']}")
    local_part = signed[0].partition("@")[0]
    to = f"{local_part}@{abroad.mail_domain}"
    known = {item["sk"]["S"] for item in _outcomes(settings, abroad)}
    _post(settings, _reply(attendee[0], to, letter))
    deadline = time.monotonic() + PATIENCE_SECS
    while not (said := _said_of_new(_outcomes(settings, abroad), known)):
        if time.monotonic() > deadline:
            raise Refusal(f"{abroad.name} has not said what became of a mail to {to} within {PATIENCE_SECS} s")
        time.sleep(0.5)
    answered = [key for key in _keys(settings, abroad) if key["sk"]["S"].startswith("attendee#")]
    title = "the signed address of an invitation, at the other domain"
    return Held(title, "an answer, which the story counted", said, worthless=not answered)


def _said_of_new(outcomes: list[dict[str, Any]], known: set[str]) -> str:
    """What became of a mail that was not known; nothing while a function still has it."""
    new = [item for item in outcomes if item["sk"]["S"] not in known and item["outcome"]["S"] != "passed-on"]
    return ", ".join(": ".join(item[name]["S"] for name in ("outcome", "reason") if name in item) for item in new)


def _reply(attendee: str, to: str, letter: Message) -> EmailMessage:
    calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    text = calendar.get_payload(decode=True).decode()
    uid = re.search(r"^UID:(.+?)\r?$", text, re.MULTILINE)
    start = re.search(r"^DTSTART[^\r\n]*", text, re.MULTILINE)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = attendee, to, "Accepted"
    reply.set_content("Accepted")
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//isolation//EN", "METHOD:REPLY", "BEGIN:VEVENT"),
        f"UID:{uid[1] if uid else NOBODYS_EVENT}",
        *("DTSTAMP:20300101T000000Z", start[0] if start else "DTSTART:20300101T000000Z"),
        *(f"ORGANIZER:mailto:{to}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{attendee}", "SEQUENCE:9"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    reply.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
    return reply


def _post(settings: Settings, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", settings.ports["CIS_SMTP_PORT"], "attendee.test") as post:
        post.send_message(mail)


def _invitation(settings: Settings, home: Tenant) -> Message:
    """The first letter that can be replied to and unsubscribed from."""
    for entry in json.loads(_read(f"{settings.mailbox_url}/email")):
        letter = message_from_bytes(_read(f"{settings.mailbox_url}/email/{entry['id']}/source"))
        calendars = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
        if letter["List-Unsubscribe"] and calendars and home.mail_domain in str(letter["Reply-To"]):
            return letter
    raise Refusal(f"no invitation of {home.name} is in the mailbox")


def _keys(settings: Settings, tenant: Tenant) -> list[dict[str, Any]]:
    pages = client(settings, "dynamodb").get_paginator("scan").paginate(TableName=tenant.prefix)
    return [item for page in pages for item in page["Items"]]


def _outcomes(settings: Settings, tenant: Tenant) -> list[dict[str, Any]]:
    return [item for item in _keys(settings, tenant) if item["sk"]["S"].startswith("mail#")]


def _status(settings: Settings, method: str, url: str, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"List-Unsubscribe=One-Click" if method == "POST" else None
    return _status_of(settings, urllib.request.Request(url, method=method, headers=headers, data=body))


def _status_of(settings: Settings, request: urllib.request.Request) -> int:
    context = ssl.create_default_context(cafile=str(settings.certificate))
    try:
        with _opener(context).open(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def _read(url: str, settings: Settings | None = None, token: str = "") -> bytes:
    """Of the mailbox; of the API, with a token."""
    context = ssl.create_default_context(cafile=str(settings.certificate)) if settings else None
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with _opener(context).open(request, timeout=30) as answer:
        return answer.read()


def _opener(context: ssl.SSLContext | None) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
