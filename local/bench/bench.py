"""What the parts share: the programs as they run on AWS, a local cloud, an SES that answers at once."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.trusting import open_url
from stack import ports, services
from stack.commands import take_up, take_up_cloud
from stack.environments import for_the_stack
from stack.progress import step
from stack.service import Service
from stack.settings import CHECKOUT, Refusal, Settings

SES_PORT_ABOVE = 300


@dataclass(frozen=True)
class Bench:
    settings: Settings
    # Of one round of measuring: names of what it leaves in the local cloud.
    tag: str
    # How much of it is done: less than all only to try a part.
    share: float = 1.0

    def part_of(self, count: int) -> int:
        """So many thousands of it."""
        return max(1000, round(count * self.share / 1000) * 1000)

    @property
    def functions(self) -> Path:
        return CHECKOUT / "target" / "release" / "lambdas"

    def build(self) -> None:
        """The functions by themselves and optimized, as `scripts/build` has them."""
        command = ["cargo", "build", "--release", "--quiet", "--locked", "-p", "lambdas"]
        with step("build the functions, optimized (cargo)"):
            done = subprocess.run(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"The build failed:\n{done.stderr[-4000:]}")

    def start_cloud(self) -> None:
        take_up_cloud(self.settings)

    @contextmanager
    def ses(self) -> Iterator["Ses"]:
        port = self.settings.ports["CIS_SES_PORT"] + SES_PORT_ABOVE
        program = Service(
            name="bench-ses",
            title="an SES that takes everything",
            command=[
                *(str(self.settings.python), "-m", "bench.ses", str(port)),
                *(str(self.settings.certificate), str(self.settings.certificate_key)),
            ],
            environment={**for_the_stack(self.settings), "PYTHONPATH": str(CHECKOUT / "local")},
            listens={"CIS_SES_PORT": port},
            ready=lambda: ports.is_open(port),
            run=self.settings.run,
            logs=self.settings.logs,
        )
        program.stop()
        take_up(program)
        try:
            yield Ses(f"https://localhost:{port}", self.settings)
        finally:
            program.stop()

    def stop(self) -> None:
        for service in reversed(services.everything(self.settings)):
            service.stop()


@dataclass(frozen=True)
class Taken:
    """A mail SES took: when, under which Message-ID of its sender's, from whom and to whom."""

    at: float
    message_id: str
    sender: str
    recipient: str


@dataclass(frozen=True)
class Ses:
    url: str
    settings: Settings

    def taken(self) -> list["Taken"]:
        with open_url(f"{self.url}/taken", self.settings) as answer:
            return [Taken(*mail) for mail in json.loads(answer.read())]
