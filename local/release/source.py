"""What is released: a commit of the checkout."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from stack.settings import CHECKOUT, Refusal


@dataclass(frozen=True)
class Source:
    """`committed_at_secs` dates everything made from the commit: no clock of the building machine gets into it."""

    commit: str
    committed_at_secs: int
    tags: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def committed_at(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.committed_at_secs))


def read_source(checkout: Path = CHECKOUT) -> Source:
    commit, committed_at = git(checkout, "log", "-1", "--format=%H %ct").split()
    return Source(
        commit=commit,
        committed_at_secs=int(committed_at),
        tags=tuple(git(checkout, "tag", "--points-at", "HEAD").split()),
        # Also what git does not know yet: it would be built, and nobody else would have it.
        changed=tuple(git(checkout, "status", "--porcelain", "--untracked-files=normal").splitlines()),
    )


def git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(f"`git {' '.join(arguments)}` in {checkout} failed:\n{done.stderr.strip()}")
    return done.stdout
