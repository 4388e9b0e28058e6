"""One part of the tests: a command, its log, its result."""

import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# How the runners count, in their own closing lines.
COUNTS = (
    re.compile(r"^test result: \w+\. (?P<passed>\d+) passed; (?P<failed>\d+) failed", re.MULTILINE),
    re.compile(r"^=*\s*(?:(?P<failed>\d+) failed, )?(?P<passed>\d+) passed.* in [\d.]+s", re.MULTILINE),
    re.compile(r"^\s*Tests\s+(?:(?P<failed>\d+) failed \| )?(?P<passed>\d+) passed", re.MULTILINE),
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
TAIL_LINES = 80


@dataclass(frozen=True)
class Section:
    """`counts` is False where the command checks something as a whole: it is one test."""

    name: str
    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    counts: bool = False


@dataclass(frozen=True)
class Result:
    section: Section
    passed: int
    failed: int
    took_secs: float
    log: Path
    note: str = ""
    tail: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.failed == 0


def run(section: Section, logs: Path) -> Result:
    log = logs / f"{section.name.replace(' ', '-')}.log"
    started = time.monotonic()
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                section.command,
                cwd=section.folder,
                env=dict(section.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except OSError as error:
            output.write(f"{section.command[0]} could not be started: {error}\n".encode())
            code = 127
    took_secs = time.monotonic() - started
    said = COLOURS.sub("", log.read_text(errors="replace"))
    passed, failed = count(said) if section.counts else (0, 0)
    note = ""
    if section.counts and code == 0 and passed == 0:
        code, note = 1, "no test was run"
    if not section.counts:
        passed, failed = (1, 0) if code == 0 else (0, 1)
    elif code != 0:
        failed = max(failed, 1)
    tail = said.splitlines()[-TAIL_LINES:] if failed else []
    return Result(section, passed, failed, took_secs, log, note, tail)


def count(said: str) -> tuple[int, int]:
    """Passed and failed, added up over all closing lines."""
    passed = failed = 0
    for pattern in COUNTS:
        for found in pattern.finditer(said):
            passed += int(found["passed"])
            failed += int(found["failed"] or 0)
    return passed, failed
