"""Where and of what a figure was measured."""

import datetime
import os
import platform
import subprocess
from pathlib import Path

from stack.settings import CHECKOUT

# What the functions are built from.
FUNCTIONS = (
    "lambdas",
    "crates/invite",
    "crates/records",
    "crates/cloud",
    "email-templates",
    "Cargo.toml",
    "Cargo.lock",
)


def measured_on() -> dict[str, str]:
    return {
        "commit": commit(),
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "processor": f"{os.cpu_count()} x {processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2**30} GB",
        "system": f"{kernel()}, {rust()}, Python {platform.python_version()}",
    }


def commit() -> str:
    """The last commit that changed the functions; with a `+` where they differ from it."""
    known = _git("log", "-1", "--format=%h", "--abbrev=12", "--", *FUNCTIONS)
    return known + ("+" if _git("status", "--porcelain", "--", *FUNCTIONS) else "")


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def kernel() -> str:
    """Without what a distribution calls its build."""
    return f"{platform.system()} {platform.release().partition('-')[0]}"


def rust() -> str:
    said = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split()[:2])


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
