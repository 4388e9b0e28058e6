"""Programs that outlive the terminal, and are found again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stack import ports
from stack.service import Service, started_at
from stack.settings import Refusal

LISTEN = """
import socket, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
# Last: it says that the program is ready.
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(600)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def service(folder: Path, port: int, program: str = LISTEN, **environment: str) -> Service:
    return Service(
        name="one",
        title="the one",
        command=[sys.executable, "-c", program, str(port)],
        environment={"PATH": os.environ["PATH"], **environment},
        listens={"CIS_ONE_PORT": port},
        ready=lambda: ports.is_open(port),
        run=folder / "with a space",
        logs=folder / "logs",
        patience_secs=20,
    )


def test_what_was_started_is_found_by_the_next_command_and_stopped_with_its_children(tmp_path: Path, port: int) -> None:
    service(tmp_path, port).start()
    found = service(tmp_path, port)
    assert found.is_current()
    child = int(found.log_file.read_text().split()[-1])
    assert found.stop()
    assert not ports.is_open(port)
    deadline = time.monotonic() + 10
    while started_at(child) is not None:
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.05)
    assert not found.stop()


def test_other_settings_ask_for_a_restart_and_another_terminal_does_not(tmp_path: Path, port: int) -> None:
    running = service(tmp_path, port)
    running.start()
    try:
        assert service(tmp_path, port, LANG="C").is_current()
        assert not service(tmp_path, port, CIS_SETTING="other").is_current()
    finally:
        running.stop()


def test_a_pid_that_another_process_took_over_is_left_alone(tmp_path: Path, port: int) -> None:
    running = service(tmp_path, port)
    running.start()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        note = running.pid_file.read_text().replace(str(running.pid()), str(stranger.pid), 1)
        os.kill(running.pid() or 0, signal.SIGKILL)
        running.pid_file.write_text(note.replace(str(started_at(stranger.pid)), "long ago"))
        assert running.pid() is None
        assert not running.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_named_with_its_holder_and_the_way_out(tmp_path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Refusal) as refusal:
        service(tmp_path, port).start()
    said = str(refusal.value)
    assert f"port {port}" in said
    assert f"process {os.getpid()}" in said
    assert "CIS_ONE_PORT=<port>" in said


def test_a_program_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path, port: int) -> None:
    broken = service(tmp_path, port, program="raise SystemExit('no such table')")
    with pytest.raises(Refusal, match="no such table"):
        broken.start()
    assert broken.pid() is None


def test_a_port_that_is_the_own_end_of_a_connection_is_taken_too(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere, socket.socket() as connection:
        assert not ports.is_taken(port)
        connection.bind(("127.0.0.1", port))
        connection.connect(elsewhere.getsockname())
        assert ports.is_taken(port)
        assert f"process {os.getpid()}" in ports.holder(port)
