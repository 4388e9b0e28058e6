"""Engines as processes that are asked line by line, and started anew after one that broke down or does not answer."""

import json
import os
import selectors
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What an engine may take of the processor for one calendar: how busy the machine is does not matter.
TIMEOUT_SECS = 10.0
# And by the clock, for one that waits and does not work.
GIVEN_UP_SECS = 600.0
LOOK_EVERY_SECS = 0.5
TOO_LONG = "does not answer in time"
BREAKS_DOWN = "breaks down"
# How many occurrences of a series are compared.
MOST = 50


@dataclass
class Engine:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    pending: bytearray = field(default_factory=bytearray)

    def read(self, text: str) -> dict[str, Any]:
        """Where the dates of a series take too long, the rest without them."""
        answer = self._read(text, MOST)
        if answer is not None:
            return answer
        answer = self._read(text, 0)
        if answer is None:
            return {"error": TOO_LONG}
        for event in answer.get("events", []):
            if event.get("occurrences") == []:
                event["occurrences"] = TOO_LONG
        return answer

    def _read(self, text: str, most: int) -> dict[str, Any] | None:
        if self.process is None:
            self.pending.clear()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        try:
            line = self._ask(json.dumps({"text": text, "most": most}).encode() + b"\n")
        except BrokenPipeError:
            line = b""
        if line:
            return json.loads(line)
        self.stop()
        return None if line is None else {"error": BREAKS_DOWN}

    def _ask(self, question: bytes) -> bytes | None:
        """The answer; nothing when the process ended, `None` when it took too long."""
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            return b""
        started, used_before = time.monotonic(), _processor_secs(process)
        process.stdin.write(question)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.pending:
                if not selector.select(LOOK_EVERY_SECS):
                    passed = time.monotonic() - started
                    if passed > GIVEN_UP_SECS or _processor_secs(process) - used_before > TIMEOUT_SECS:
                        return None
                    continue
                read = os.read(process.stdout.fileno(), 1 << 20)
                if not read:
                    return b""
                self.pending += read
        line, _, rest = bytes(self.pending).partition(b"\n")
        self.pending = bytearray(rest)
        return line

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _processor_secs(process: subprocess.Popen[bytes]) -> float:
    """What it has used so far; by the clock where the system does not tell."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
