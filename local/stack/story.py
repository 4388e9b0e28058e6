"""Plays the sample story, told by `e2e`: one event from invitation to cancellation."""

import os
import subprocess

from stack.environments import for_the_stack
from stack.progress import say
from stack.settings import Settings


def play(settings: Settings) -> int:
    """The story's own exit code: 0 only if each step was seen in mailbox, table and API."""
    say()
    environment = {
        **for_the_stack(settings),
        "CIS_ENVIRONMENT": str(settings.environment_file),
        "TERM": os.environ.get("TERM", "dumb"),
    }
    program = settings.state / "programs" / "story"
    return subprocess.run([str(program)], env=environment, cwd=settings.state, check=False).returncode
