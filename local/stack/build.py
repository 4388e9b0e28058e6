"""Builds the Rust programs of the stack and the functions' bundle."""

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from stack import progress
from stack.progress import say, step
from stack.settings import CHECKOUT, Refusal, Settings

PROGRESS = ("   Compiling ", "  Downloaded ", " Downloading ")

PROFILE = "local"
PACKAGES = ("lambdas", "local-ses", "cli", "e2e")
SAY_EVERY_SECS = 30


@dataclass(frozen=True)
class Built:
    """Where the programs are. `bundle` holds the functions' one binary as `bootstrap`, the name Lambda starts."""

    programs: Path
    bundle: Path

    def program(self, name: str) -> Path:
        return self.programs / name


def build(settings: Settings) -> Built:
    command = ["cargo", "build", "--profile", PROFILE]
    for package in PACKAGES:
        command += ["-p", package]
    with step("build (cargo)"):
        _run(command, settings)
    return take(settings, target_directory() / PROFILE)


def take(settings: Settings, programs: Path) -> Built:
    """Programs that are built already."""
    # The running programs are copies: cargo may replace its own at any time.
    kept = settings.state / "programs"
    kept.mkdir(parents=True, exist_ok=True)
    for name in ("local-ses", "story"):
        _copy(programs / name, kept / name)
    bundle = settings.state / "bundle"
    bundle.mkdir(parents=True, exist_ok=True)
    _copy(programs / "lambdas", bundle / "bootstrap")
    return Built(programs=kept, bundle=bundle)


def _run(command: list[str], settings: Settings) -> None:
    """Cargo's own progress on a terminal; elsewhere a line now and then, for a first build takes minutes."""
    if progress.live:
        say()
        if subprocess.run(command, cwd=CHECKOUT, check=False).returncode != 0:
            raise Refusal("The build failed; what cargo says is above.")
        return
    log = settings.logs / "build.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=output, stderr=subprocess.STDOUT)
        said = time.monotonic()
        while process.poll() is None:
            time.sleep(0.05)
            if time.monotonic() - said > SAY_EVERY_SECS:
                said = time.monotonic()
                say(f"    … {_last_line(log)}")
    if process.returncode != 0:
        raise Refusal(f"The build failed:\n{_without_progress(log)[-6000:]}")


def target_directory() -> Path:
    said = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode != 0:
        raise Refusal(f"`cargo metadata` failed:\n{said.stderr.strip()}")
    return Path(json.loads(said.stdout)["target_directory"])


def _copy(source: Path, target: Path) -> None:
    """Replaces the target in one go, and only when it differs: it may be running."""
    if not source.is_file():
        raise Refusal(f"{source} was not built, though cargo succeeded")
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return
    temporary = target.with_suffix(".new")
    shutil.copy2(source, temporary)
    temporary.replace(target)


def _without_progress(log: Path) -> str:
    """What cargo complains of, without the hundreds of lines of what went well."""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith(PROGRESS))


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1].strip() if lines else "nothing said yet"
