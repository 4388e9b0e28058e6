"""Says what is being done, how long it took, and where the log is."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

STARTED = float(os.environ.get("CIS_STARTED") or time.time())
# Lines are completed in place where somebody looks, and only one thing is done at a time.
live = sys.stdout.isatty()
for_programs = False


def _output() -> TextIO:
    """Asked each time: a test puts another in its place."""
    return sys.stderr if for_programs else sys.stdout


def say(text: str = "") -> None:
    print(text, file=_output(), flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def since_start_secs() -> float:
    return time.time() - STARTED


@contextmanager
def step(text: str) -> Iterator[None]:
    """One line a step: shown when it begins, completed with its time when it ends."""
    started = time.monotonic()
    print(f"  {text} …", end="" if live else "\n", file=_output(), flush=True)
    try:
        yield
    except BaseException:
        print(" failed" if live else f"  {text}: failed", file=_output(), flush=True)
        raise
    took = f"{time.monotonic() - started:.1f} s"
    print(f"\r  {text}: {took}   " if live else f"  {text}: {took}", file=_output(), flush=True)


def whole_lines() -> None:
    """From now on nothing is completed in place: several things are under way at once."""
    global live
    live = False


def to_standard_error() -> None:
    """From now on standard output is for programs."""
    global live, for_programs
    live, for_programs = False, True
