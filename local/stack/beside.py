"""A second stack beside the one a developer looks at: in a folder of its own, on ports further up.

The cloud works less while it saves its state, and nobody needs what is in this one when it is over.
"""

import socket
from dataclasses import replace

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
