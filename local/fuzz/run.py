"""One target for some seconds: started, watched, counted."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fuzz import targets

# An input that takes longer counts as a crash. It is time by the clock, and a machine with other work needs patience.
TIMEOUT_SECS = 60
MEMORY_MB = 2048
# As long as the largest golden letter, and some.
LONGEST_INPUT_BYTES = 48 * 1024

LINES_OF_A_PANIC = 6

STATUS = re.compile(r"^#(?P<executed>\d+)\s.*cov: (?P<edges>\d+).* corp: (?P<inputs>\d+)/(?P<size>\S+)")
FINAL = re.compile(r"^stat::number_of_executed_units:\s*(?P<executed>\d+)")
PANIC = re.compile(r"^thread .* panicked at (?P<where>.*):$")


@dataclass
class Run:
    target: str
    executed: int = 0
    edges: int = 0
    inputs: int = 0
    new_inputs: int = 0
    took_secs: float = 0.0
    code: int = 0
    crash: Path | None = None
    why: list[str] = field(default_factory=list)
    why_is_told: bool = False

    @property
    def ok(self) -> bool:
        return self.code == 0

    @property
    def a_second(self) -> int:
        return round(self.executed / self.took_secs) if self.took_secs else 0


def run(target: str, programs: Path, state: Path, seconds: int, seed: int, told: Callable[[Run], None]) -> Run:
    """`state` keeps crashes, a log each target, and what was found. Without a `seed` (0) that is gone on from; with one
    every run begins where the first did."""
    corpus, crashes, seeds, logs = (state / name for name in ("corpus", "crashes", "seeds", "logs"))
    if seed:
        corpus = state / f"corpus-{seed}"
        shutil.rmtree(corpus / target, ignore_errors=True)
    for folder in (corpus / target, crashes / target, seeds / target, logs):
        folder.mkdir(parents=True, exist_ok=True)
    program = programs / target
    last_input = state / f"{target}.last"
    environment = {**os.environ, "CIS_FUZZ_LAST_INPUT": str(last_input), "RUST_BACKTRACE": "0"}
    _write_seeds(program, seeds / target, environment)
    command = [
        str(program),
        f"-seed={seed}",
        f"-max_total_time={seconds}",
        f"-timeout={TIMEOUT_SECS}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={LONGEST_INPUT_BYTES}",
        f"-artifact_prefix={crashes / target}/",
        "-print_final_stats=1",
    ]
    if words := targets.dictionary(target):
        command.append(f"-dict={words}")
    before = {path.name for path in (corpus / target).iterdir()}
    crashed_before = set((crashes / target).iterdir())
    result = Run(target)
    started = time.monotonic()
    with (
        (logs / f"{target}.log").open("w") as log,
        subprocess.Popen(
            [*command, str(corpus / target), str(seeds / target)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process,
    ):
        try:
            for line in process.stderr or ():
                log.write(line)
                take_in(result, line)
                result.took_secs = time.monotonic() - started
                told(result)
        except BaseException:
            process.kill()
            raise
        result.code = process.wait()
    result.took_secs = time.monotonic() - started
    result.new_inputs = len({path.name for path in (corpus / target).iterdir()} - before)
    if not result.ok:
        result.crash = _artifact(crashes / target, crashed_before, last_input)
    return result


def take_in(result: Run, line: str) -> None:
    """What libFuzzer says on a line of its own, and the first lines of a panic."""
    if found := STATUS.match(line):
        result.executed = int(found["executed"])
        result.edges = int(found["edges"])
        result.inputs = int(found["inputs"])
    elif found := FINAL.match(line):
        result.executed = int(found["executed"])
    elif found := PANIC.match(line):
        result.why = [found["where"]]
    elif line.startswith(("ALARM:", "SUMMARY: libFuzzer: timeout", "SUMMARY: libFuzzer: out-of-memory")):
        result.why.append(line.strip())
    elif line.startswith(("note:", "stack backtrace", "==")):
        result.why_is_told = True
    elif result.why and not result.why_is_told and len(result.why) < LINES_OF_A_PANIC:
        result.why.append(line.rstrip()[:300])


def reproduce(target: str, programs: Path, file: Path) -> int:
    """One input, with where it fails."""
    return subprocess.run(
        [str(programs / target), f"-timeout={TIMEOUT_SECS}", f"-rss_limit_mb={MEMORY_MB}", str(file)],
        env={**os.environ, "RUST_BACKTRACE": "1"},
        check=False,
    ).returncode


def _write_seeds(program: Path, folder: Path, environment: dict[str, str]) -> None:
    for old in folder.iterdir():
        old.unlink()
    subprocess.run(
        [str(program)],
        env={**environment, "CIS_FUZZ_SEEDS": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _artifact(folder: Path, before: set[Path], last_input: Path) -> Path | None:
    """What libFuzzer wrote down; else the input at work when the process died."""
    if written := sorted(set(folder.iterdir()) - before):
        return written[0]
    if last_input.exists():
        kept = folder / f"died-{time.time_ns():x}"
        shutil.copyfile(last_input, kept)
        return kept
    return None
