"""SES at the end of the line: takes every mail at once and remembers which.

Runs as a process of its own, `python -m bench.ses PORT CERTIFICATE KEY`, so that what it costs is nobody else's.
"""

import base64
import json
import re
import sys
import time
from pathlib import Path

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def serve(port: int, certificate: Path, key: Path) -> None:
    import ssl

    from aiohttp import web

    taken: list[tuple[float, str, str, str]] = []

    async def send(request: web.Request) -> web.Response:
        taken.append((time.time(), *mail_of(await request.read())))
        return web.json_response({"MessageId": f"0100-{len(taken)}"})

    async def seen(_: web.Request) -> web.Response:
        return web.json_response(taken)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/v2/email/outbound-emails", send)
    app.router.add_get("/taken", seen)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    web.run_app(app, host="127.0.0.1", port=port, ssl_context=context, print=None, access_log=None)


def mail_of(body: bytes) -> tuple[str, str, str]:
    """The Message-ID a mail's sender gave it in a SendEmail request (empty when there is none), from whom, to whom."""
    sent = json.loads(body)
    raw = base64.b64decode(sent["Content"]["Raw"]["Data"])
    # A long one stands in the line after its name.
    found = MESSAGE_ID.search(raw.split(b"\r\n\r\n", 1)[0])
    message_id = found[1].decode("ascii", "replace") if found else ""
    return message_id, sent["FromEmailAddress"], sent["Destination"]["ToAddresses"][0]


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
