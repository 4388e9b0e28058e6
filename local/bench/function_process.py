"""A function as a process of its own, with Lambda's runtime API played for it: handed an event, asked for its answer,
measured, and killed when that is what is wanted."""

import json
import queue
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from stack.settings import Refusal

PATIENCE_SECS = 300.0
RUNTIME = "/2018-06-01/runtime/"


class Killed(Exception):
    """The process ended while it had the event."""


class FunctionProcess:
    """Started at once; `invoke` one event at a time."""

    def __init__(
        self,
        program: Path,
        handler: str,
        environment: Mapping[str, str],
        memory_mb: int,
        log: Path,
        under: Sequence[str] = (),
    ) -> None:
        """`under` is the command of another program that runs it."""
        self.handler = handler
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._asked = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._runtime_api())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*under, str(program)],
                env={
                    **environment,
                    "_HANDLER": handler,
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_address[1]}",
                    "AWS_LAMBDA_FUNCTION_NAME": handler,
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
                    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        while not self._asked.wait(0.01):
            if self._process.poll() is not None:
                raise Refusal(f"{handler} ended before it asked for an event; its log is {log}")

    def invoke(self, event: dict[str, Any]) -> Any:
        """The function's answer; `Killed` when it ended before giving one."""
        self._asked.clear()
        self._events.put((str(uuid.uuid4()), json.dumps(event).encode()))
        deadline = time.monotonic() + PATIENCE_SECS
        while time.monotonic() < deadline:
            try:
                kind, body = self._answers.get(timeout=0.02)
            except queue.Empty:
                if self._process.poll() is not None:
                    raise Killed(self.handler) from None
                continue
            if kind == "error":
                raise Refusal(f"{self.handler} failed: {body.decode(errors='replace')}")
            # Asks for the next once it has done all it does for this one.
            while not self._asked.wait(0.01) and self._process.poll() is None:
                pass
            return json.loads(body)
        raise Refusal(f"{self.handler} did not answer within {PATIENCE_SECS:.0f} s")

    def cpu_secs(self) -> float:
        """User and system time of all its threads so far, those that have ended too: the clock getrusage reads."""
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def memory_kb(self) -> tuple[int, int]:
        """Resident memory: now, and the most so far."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return int(fields["VmRSS"].split()[0]), int(fields["VmHWM"].split()[0])

    def kill(self) -> None:
        """As a machine that fails does it: SIGKILL, no goodbye."""
        self._process.send_signal(signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        self._process.send_signal(number)
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "FunctionProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _runtime_api(self) -> type[BaseHTTPRequestHandler]:
        events, answers, asked, handler = self._events, self._answers, self._asked, self.handler

        class RuntimeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out as two packets, and the second would wait for the first's acknowledgement.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                asked.set()
                request, event = events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", request)
                deadline_ms = int((time.time() + PATIENCE_SECS) * 1000)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline_ms))
                arn = f"arn:aws:lambda:us-east-1:000000000000:function:{handler}"
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
                self._finish("application/json", event)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                    body = self._chunks()
                answers.put(("error" if self.path.endswith("/error") else "answer", body))
                self.send_response(202)
                self._finish("application/json", b"{}")

            def _finish(self, kind: str, body: bytes) -> None:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_: object) -> None:
                pass

        return RuntimeApi


def messages(*bodies: str, identity: str | None = None) -> dict[str, Any]:
    """An event of a queue's messages."""
    return {
        "Records": [
            {
                "messageId": identity or str(uuid.uuid4()),
                "receiptHandle": "r",
                "body": body,
                "attributes": {},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
                "awsRegion": "us-east-1",
            }
            for body in bodies
        ]
    }


def must_handle(function: FunctionProcess, event: dict[str, Any]) -> None:
    """Invokes it; none of the messages may be left in the queue."""
    answer = function.invoke(event)
    if answer and answer.get("batchItemFailures"):
        raise Refusal(f"{function.handler} left messages in its queue: {answer}")
