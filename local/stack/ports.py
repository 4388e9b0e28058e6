"""Who listens on a port."""

import shutil
import socket
import subprocess
from pathlib import Path


def is_open(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_taken(port: int) -> bool:
    """Whether nobody else could listen there: somebody does, or a connection to elsewhere has it as its own end."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return is_open(port)


def holder(port: int) -> str:
    """A person's description of the process that has it, as far as this user may see it."""
    pid = _holder_in_proc(port) or _holder_by_lsof(port)
    if pid is None:
        return "a process this user cannot see"
    return f"process {pid} ({_command_of(pid)})"


def _holder_in_proc(port: int) -> int | None:
    listening, connected = set(), set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port:
                (listening if fields[3] == "0A" else connected).add(f"socket:[{fields[9]}]")
    inodes = listening or connected
    if not inodes:
        return None
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                return int(process.name)
        except OSError:
            continue
    return None


def _holder_by_lsof(port: int) -> int | None:
    lsof = shutil.which("lsof")
    if lsof is None:
        return None
    found = subprocess.run(
        [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"], capture_output=True, text=True, check=False
    )
    first = found.stdout.split()
    return int(first[0]) if first else None


def _command_of(pid: int) -> str:
    found = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()[:120] or "its command is not visible"
