"""One long-running program of the stack: started apart from the terminal, found again by its pid file, stopped."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack import ports
from stack.environments import KEPT
from stack.settings import Refusal


@dataclass(frozen=True)
class Service:
    """`fingerprint_of` are the files whose change asks for a restart (the program itself, its configuration)."""

    name: str
    title: str
    command: list[str]
    environment: Mapping[str, str]
    listens: dict[str, int]
    ready: Callable[[], bool]
    run: Path
    logs: Path
    fingerprint_of: list[Path] = field(default_factory=list)
    patience_secs: float = 180.0

    @property
    def pid_file(self) -> Path:
        return self.run / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return self.logs / f"{self.name}.log"

    def pid(self) -> int | None:
        """The running process, or None: a pid taken over by another process is not ours."""
        noted = self._noted()
        if noted is None or started_at(noted["pid"]) != noted["started"]:
            return None
        return int(noted["pid"])

    def is_current(self) -> bool:
        """Whether what runs was started from the program and settings of now."""
        noted = self._noted()
        return noted is not None and self.pid() is not None and noted["fingerprint"] == self._fingerprint()

    def start(self) -> None:
        for setting, port in self.listens.items():
            if ports.is_taken(port):
                raise Refusal(
                    f"{self.title} needs port {port}, which {ports.holder(port)} has.\n"
                    f"Stop that program, or choose another port: {setting}=<port> scripts/dev"
                )
        self.run.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.run,
                # A session of its own: closing the terminal or ctrl-C does not end the stack.
                start_new_session=True,
            )
        note = {"pid": process.pid, "started": started_at(process.pid), "fingerprint": self._fingerprint()}
        temporary = self.pid_file.with_suffix(".new")
        temporary.write_text(json.dumps(note))
        temporary.replace(self.pid_file)
        self._wait_until_ready(process)

    def tell(self, number: signal.Signals) -> None:
        if (pid := self.pid()) is not None:
            os.kill(pid, number)

    def stop(self, patience_secs: float = 30.0) -> bool:
        """Asks it to end, waits, ends it; and with it what it started. Whether it was running."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + patience_secs
            while self.pid() is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            _signal_group(pid, signal.SIGKILL)
            while self.pid() is not None and time.monotonic() < deadline + 5:
                time.sleep(0.05)
        self.pid_file.unlink(missing_ok=True)
        return pid is not None

    def _wait_until_ready(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + self.patience_secs
        while time.monotonic() < deadline:
            if process.poll() is not None:
                self.pid_file.unlink(missing_ok=True)
                raise Refusal(f"{self.title} ended at once; its log {self.log_file} says:\n{self._log_tail()}")
            if self.ready():
                return
            time.sleep(0.05)
        raise Refusal(
            f"{self.title} did not answer within {self.patience_secs:.0f} s; its log {self.log_file} ends:\n"
            + self._log_tail()
        )

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(no log)"

    def _noted(self) -> dict | None:
        try:
            return json.loads(self.pid_file.read_text())
        except (OSError, ValueError):
            return None

    def _fingerprint(self) -> str:
        # Another terminal's PATH is no reason to restart.
        settings = sorted((name, value) for name, value in self.environment.items() if name not in KEPT)
        digest = hashlib.sha256(json.dumps([self.command, settings]).encode())
        for path in self.fingerprint_of:
            digest.update(path.read_bytes() if path.is_file() else b"absent")
        return digest.hexdigest()


def started_at(pid: int) -> str | None:
    """When a process started, in words that do not change while it lives; None if it is gone."""
    found = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = found.stdout.strip().partition(" ")
    if not state or state.startswith("Z"):
        return None
    return started.strip()


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
