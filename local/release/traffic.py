"""People who use the system while it is released: one who invites, some who answer, by mail and API as anybody does."""

import contextlib
import email
import email.policy
import json
import re
import smtplib
import ssl
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from stack.clients import client
from stack.environment_file import read_environment
from stack.settings import MAIL_DOMAIN, TABLE, Refusal, Settings

PATIENCE_SECS = 60.0
TRIES_EVERY_SECS = 0.2


@dataclass(frozen=True)
class Event:
    """What an organizer has invited to. `uid` is ours, not the one of his calendar."""

    uid: str
    organizer: str


@dataclass(frozen=True)
class Invitation:
    """What an attendee's calendar has read from his letter."""

    uid: str
    sequence: str
    reply_to: str
    attendee: str


class People:
    def __init__(self, stage: Settings) -> None:
        self.stage = stage
        self.domain = f"{uuid.uuid4().hex[:8]}.example"

    def make_event(self, name: str) -> Event:
        organizer = f"{name}@{self.domain}"
        start = datetime.now(UTC) + timedelta(days=30)
        self._mail(
            organizer,
            f"create@{MAIL_DOMAIN}",
            "REQUEST",
            [
                f"UID:{uuid.uuid4()}",
                "SEQUENCE:0",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
                f"SUMMARY:Meeting of {name}",
                f"ORGANIZER:mailto:{organizer}",
                f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{organizer}",
            ],
        )
        return self.until(f"the event of {name} is registered", lambda: self._event_of(organizer))

    def invite(self, event: Event, people: list[str]) -> list[Invitation]:
        """Invites them by the API, and has each open his letter."""
        addresses = [f"{name}@{self.domain}" for name in people]
        self.ask("POST", f"/event/{event.uid}/invites", {"invites": [{"email": one} for one in addresses]})
        return [self.until("an invitation arrives", lambda one=one: self._invitation_to(one)) for one in addresses]

    def answer(self, invitation: Invitation, partstat: str, *, sender: str = "") -> None:
        """As he himself, unless somebody else sends it for him."""
        self._mail(
            sender or invitation.attendee,
            invitation.reply_to,
            "REPLY",
            [
                f"UID:{invitation.uid}",
                f"SEQUENCE:{invitation.sequence}",
                f"ORGANIZER:mailto:{invitation.reply_to}",
                f"ATTENDEE;PARTSTAT={partstat}:mailto:{invitation.attendee}",
            ],
        )

    def answers_of(self, event: Event) -> dict[str, int]:
        return self.ask("GET", f"/event/{event.uid}/statistics")["rsvp"]

    def until_answered(self, event: Event, wanted: dict[str, int], patience_secs: float = PATIENCE_SECS) -> bool:
        """Whether the statistics come to say so."""
        with contextlib.suppress(Refusal):
            self.until(
                "the answers are counted",
                lambda: {**wanted} == {name: self.answers_of(event).get(name, 0) for name in wanted} or None,
                patience_secs,
            )
            return True
        return False

    def ask(self, method: str, path: str, body: dict | None = None) -> dict[str, Any]:
        known = read_environment(self.stage)
        request = urllib.request.Request(
            known["CIS_API_URL"].rstrip("/") + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {known['CIS_API_TOKEN']}", "Content-Type": "application/json"},
        )
        trusted = ssl.create_default_context(cafile=str(self.stage.certificate))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
        )
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.URLError as error:
            raise Refusal(f"{method} {path} failed: {error}") from error

    def _mail(self, sender: str, to: str, method: str, properties: list[str]) -> None:
        calendar = "\r\n".join(
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Example//Upgrade//EN",
                f"METHOD:{method}",
                "BEGIN:VEVENT",
                f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
                *properties,
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ]
        )
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, method.title()
        mail["Message-ID"] = f"<{uuid.uuid4()}@{self.domain}>"
        mail["Date"] = datetime.now(UTC)
        mail.set_content(method.title())
        mail.add_alternative(calendar, subtype="calendar", params={"method": method})
        with smtplib.SMTP("127.0.0.1", self.stage.ports["CIS_SMTP_PORT"], timeout=30) as post:
            post.send_message(mail, from_addr=sender, to_addrs=[to])

    def _event_of(self, organizer: str) -> Event | None:
        pages = client(self.stage, "dynamodb").get_paginator("scan").paginate(TableName=TABLE)
        for item in (item for page in pages for item in page["Items"]):
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            if pk == sk and pk.startswith("event#") and organizer in json.dumps(item):
                return Event(pk.removeprefix("event#"), organizer)
        return None

    def _invitation_to(self, address: str) -> Invitation | None:
        for listed in self._mailbox(f"/email?to.address={address}"):
            raw = self._mailbox_raw(f"/email/{listed['id']}/source")
            for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
                if part.get_content_type() == "text/calendar":
                    return _invitation(part.get_content(), address)
        return None

    def _mailbox(self, path: str) -> list[dict[str, Any]]:
        return json.loads(self._mailbox_raw(path))

    def _mailbox_raw(self, path: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.stage.mailbox_url + path, timeout=20) as answer:
            return answer.read()

    def until(self, what: str, look: Callable[[], Any], patience_secs: float = PATIENCE_SECS) -> Any:
        deadline = time.monotonic() + patience_secs
        while time.monotonic() < deadline:
            if (found := look()) is not None:
                return found
            time.sleep(TRIES_EVERY_SECS)
        raise Refusal(f"{patience_secs:.0f} s were not enough until {what}; the stack's logs are in {self.stage.logs}")


class Answering(threading.Thread):
    """One attendee after another answers, at a steady pace, whatever else goes on."""

    def __init__(self, people: People, invitations: list[Invitation], partstat: str, every_secs: float) -> None:
        super().__init__(daemon=True)
        self.people, self.invitations, self.partstat, self.every_secs = people, invitations, partstat, every_secs
        self.enough = threading.Event()
        self.answered = 0
        self.failed: list[str] = []

    def run(self) -> None:
        for invitation in self.invitations:
            if self.enough.is_set():
                return
            try:
                self.people.answer(invitation, self.partstat)
                self.answered += 1
            except (OSError, smtplib.SMTPException) as error:
                self.failed.append(f"{type(error).__name__}: {error}")
            time.sleep(self.every_secs)

    def stop(self) -> int:
        """How many have answered."""
        self.enough.set()
        self.join()
        return self.answered


def _invitation(calendar: str, attendee: str) -> Invitation:
    whole = re.sub(r"\r?\n[ \t]", "", calendar)

    def value(name: str) -> str:
        found = re.search(rf"^{name}(?:;[^:\r\n]*)?:(.*?)\r?$", whole, re.MULTILINE)
        if found is None:
            raise Refusal(f"An invitation without {name} was sent")
        return found[1]

    return Invitation(value("UID"), value("SEQUENCE"), value("ORGANIZER").removeprefix("mailto:"), attendee)
