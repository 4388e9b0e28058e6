"""A second stack beside the one a developer looks at: in a folder of its own, on ports further up.

The cloud works less while it saves its state, and nobody needs what is in this one when it is over.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from stack import commands, install, progress
from stack.build import Built, build, take
from stack.settings import DEFAULT_PORTS, Settings


def beside(settings: Settings, name: str, ports_above: int) -> Settings:
    ports: dict[str, int] = {}
    for port in DEFAULT_PORTS:
        wanted = settings.ports[port] + ports_above
        while wanted in ports.values() or taken(wanted):
            wanted += 1
        ports[port] = wanted
    never_saved = {**settings.cloud_environment, "SAVE_SECONDS": "86400"}
    return replace(settings, state=settings.state / name, ports=ports, cloud_environment=never_saved)


def taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def from_nothing(settings: Settings, module: str, programs: str | None) -> Iterator[Built]:
    """All a command needs to deploy into a stack of its own, which was never there before and is stopped at the end.

    Goes on in the Python that has the stack's packages: import what needs them within.
    `programs` is the folder where they are built already.
    """
    install.install(settings, for_deployment=True)
    install.continue_in(settings, module)
    progress.whole_lines()
    commands.reset(settings, aloud=False)
    commands.prepare(settings, for_deployment=True)
    built = take(settings, Path(programs).resolve()) if programs else build(settings)
    try:
        yield built
    finally:
        commands.stop(settings, aloud=False)
