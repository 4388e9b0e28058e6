"""A mailbox for many people: takes their mail by SMTP, and keeps who got which."""

import socket
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES = 1024 * 1024


class Mailbox:
    """`letters` counts the mails of each recipient; `address` is its host:port."""

    def __init__(self) -> None:
        self.letters: Counter[str] = Counter()
        # The controller looks whether it answers, by the port it was given.
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self._controller = Controller(self, hostname="127.0.0.1", port=port, data_size_limit=MOST_BYTES)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.letters.update(recipient.lower() for recipient in envelope.rcpt_tos)
        return "250 OK"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
