"""An HTTP proxy between the deployed functions and the local cloud, which counts every call.

It is the address the functions are given for AWS; each request goes on as it came, signature and all. What DynamoDB
charges is computed from the bytes that go through; how large an item is after an update it asks for itself, uncounted.
"""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from bench.capacity import READS, WRITES, Capacity, key_of, writes_of
from bench.counting import Asked, Count, Counts, asked

MOST_BYTES = 64 * 1024 * 1024
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
# The account's own key is taken without a signature.
BY_THE_ACCOUNT = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host,"
    " Signature=0",
    "X-Amz-Target": "DynamoDB_20120810.GetItem",
    "Content-Type": "application/x-amz-json-1.0",
}


class Proxy:
    """`port` for the cloud at `cloud_url`, over TLS; `ses_port` for SES at `ses_url`, plain, as local-ses is."""

    def __init__(self, certificate: Path, key: Path, ports: dict[int, str]) -> None:
        self.counts = Counts()
        self._capacity = Capacity()
        self._names: dict[str, str] = {}
        self._trusted = ssl.create_default_context(cafile=str(certificate))
        self._own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._own.load_cert_chain(certificate, key)
        self._ports = ports
        self._loop = asyncio.new_event_loop()
        self._seen: Callable[[Asked, bytes], None] | None = None

    def start(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(30)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def name_callers(self, names: dict[str, str]) -> None:
        """The functions, by what names them in a call."""
        self._names = names

    def watch(self, seen: Callable[[Asked, bytes], None] | None) -> None:
        """Calls it with each request from now on."""
        self._seen = seen

    def begin(self) -> None:
        """Counts from nothing."""
        self.counts = Counts()

    async def _open(self) -> None:
        self._session = ClientSession(
            connector=TCPConnector(ssl=self._trusted, limit=0),
            timeout=ClientTimeout(total=120),
            auto_decompress=False,
        )
        self._runners = []
        for port, url in self._ports.items():
            app = web.Application(client_max_size=MOST_BYTES)
            app.router.add_route("*", "/{path:.*}", self._to(url))
            runner = web.AppRunner(app, access_log=None, auto_decompress=False)
            await runner.setup()
            context = self._own if url.startswith("https:") else None
            await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
            self._runners.append(runner)

    async def _close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        await self._session.close()

    def _to(self, url: str) -> Callable:
        async def forward(request: web.Request) -> web.Response:
            body = await request.read()
            headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
            target = request.raw_path
            call = asked(request.method, target, {name.lower(): value for name, value in headers.items()}, body)
            # The signature covers the address as the caller knows it, so Host goes on as it came.
            async with self._session.request(
                request.method, _whole(url, target), data=body, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
            await self._count(url, call, body, answer.status, content)
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
            return web.Response(status=answer.status, body=content, headers=kept)

        return forward

    async def _count(self, url: str, call: Asked, body: bytes, status: int, answer: bytes) -> None:
        counts = self.counts
        one = Count(requests=1, retries=int(call.is_retry), failed=int(status >= 400))
        if call.service == "dynamodb" and call.operation in READS | WRITES:
            after = await self._after_updates(url, call, body) if status == 200 else {}
            one.read_units, one.write_units = self._capacity.of(call.operation, body, status, answer, after)
            for write in writes_of(call.operation, json.loads(body)):
                counts.writes_of_item[write.key] += 1
        counts.by_call[self._names.get(call.by, "others"), call.service, call.operation].add(one)
        if self._seen is not None:
            self._seen(call, body)

    async def _after_updates(self, url: str, call: Asked, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        updates = [request] if call.operation == "UpdateItem" else []
        if call.operation == "TransactWriteItems":
            updates = [item["Update"] for item in request["TransactItems"] if "Update" in item]
        after = {}
        for update in updates:
            wanted = {"TableName": update["TableName"], "Key": update["Key"], "ConsistentRead": True}
            async with self._session.post(url, data=json.dumps(wanted), headers=BY_THE_ACCOUNT) as answer:
                after[key_of(update["Key"])] = (await answer.json(content_type=None)).get("Item")
        return after


def _whole(url: str, target: str):  # noqa: ANN202
    from yarl import URL

    # As it stands: what is signed must not be written another way.
    return URL(url + target, encoded=True)
