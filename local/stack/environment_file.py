"""`.local/environment`: how tests and people find the stack."""

import shlex
from collections.abc import Mapping

from stack.environments import for_people
from stack.settings import Settings


def write_environment(
    settings: Settings, api_url: str = "", token: str = "", client: Mapping[str, str] | None = None
) -> None:
    values = {**for_people(settings, api_url, token), **(client or {})}
    lines = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
    temporary = settings.environment_file.with_suffix(".new")
    temporary.touch(mode=0o600)
    temporary.write_text("\n".join(lines) + "\n")
    temporary.replace(settings.environment_file)


def read_environment(settings: Settings) -> dict[str, str]:
    try:
        lines = settings.environment_file.read_text().splitlines()
    except OSError:
        return {}
    words = (shlex.split(line) for line in lines)
    return dict(word[0].split("=", 1) for word in words if len(word) == 1 and "=" in word[0])
