"""What releases are built with, pinned, in `.tools/release`: cargo-lambda and zig as wheels, two more by cargo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stack.environments import for_installing
from stack.progress import step
from stack.settings import CHECKOUT, Refusal, Settings

REQUIREMENTS = CHECKOUT / "local" / "requirements-release.txt"
# Built from their own lock files. cargo-auditable writes into the binary what it is made of; cargo-cyclonedx lists it.
AUDITABLE = "cargo-auditable@0.7.7"
CYCLONEDX = "cargo-cyclonedx@0.5.9"


def install_cargo_lambda(settings: Settings) -> Path:
    """The folder of its programs."""
    folder = settings.tools / "release"
    stamp = folder / "installed"
    wanted = REQUIREMENTS.read_text()
    if not stamp.is_file() or stamp.read_text() != wanted:
        with step("install cargo-lambda into .tools/release"):
            shutil.rmtree(folder, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(folder)], settings)
            python = str(folder / "bin" / "python")
            run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS)], settings)
            stamp.write_text(wanted)
    return folder / "bin"


def install_by_cargo(settings: Settings, crate: str) -> Path:
    """The folder of its program. The first time it is compiled, which takes a minute or two."""
    name, _, version = crate.partition("@")
    folder = settings.tools / "cargo" / f"{name}-{version}"
    if not (folder / "bin" / name).is_file():
        with step(f"build {name} {version} into .tools/cargo"):
            run(["cargo", "install", "--quiet", "--locked", "--root", str(folder), crate], settings)
    return folder / "bin"


def with_path(environment: dict[str, str], *folders: Path) -> dict[str, str]:
    path = os.pathsep.join([*(str(folder) for folder in folders), environment.get("PATH", "")])
    return {**environment, "PATH": path}


def run(
    command: list[str], settings: Settings, *, folder: Path = CHECKOUT, environment: dict[str, str] | None = None
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment or for_installing(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-25:]
        raise Refusal(f"`{' '.join(command)}` failed:\n" + "\n".join(said))
    return done.stdout
