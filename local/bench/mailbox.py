"""A mailbox for many people: takes their mail by SMTP, and keeps who got which."""

from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES = 1024 * 1024


class Mailbox:
    """`letters` counts the mails of each recipient."""

    def __init__(self) -> None:
        self.letters: Counter[str] = Counter()
        self._controller = Controller(self, hostname="127.0.0.1", port=0, data_size_limit=MOST_BYTES)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.letters.update(recipient.lower() for recipient in envelope.rcpt_tos)
        return "250 OK"

    @property
    def address(self) -> str:
        host, port = self._controller.server.sockets[0].getsockname()[:2]
        return f"{host}:{port}"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
