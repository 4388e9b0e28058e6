"""Installs the three readers into `.tools/readers`, pinned, again when a pin changes, and without root."""

import ctypes.util
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from stack.progress import step
from stack.settings import CHECKOUT, Refusal

HERE = CHECKOUT / "local" / "readers"
TOOLS = CHECKOUT / ".tools" / "readers"
# What libical 3 links to, in the order it has to be loaded in, and libical.
LIBRARIES = ("libicudata.so.", "libicuuc.so.", "libicui18n.so.", "libical.so.3")


def install() -> None:
    pins = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", "package.json", "package-lock.json"):
        pins.update((HERE / name).read_bytes())
    stamp = TOOLS / "pins"
    if stamp.is_file() and stamp.read_text() == pins.hexdigest():
        return
    with step("install the readers into .tools/readers"):
        shutil.rmtree(TOOLS, ignore_errors=True)
        TOOLS.mkdir(parents=True)
        _run([sys.executable, "-m", "venv", str(TOOLS / "python")], TOOLS)
        _run(
            [
                *(str(TOOLS / "python" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"),
                *("--require-hashes", "-r", str(HERE / "requirements.txt")),
            ],
            TOOLS,
        )
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, TOOLS)
        _run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], TOOLS)
        stamp.write_text(pins.hexdigest())


def libical() -> list[str]:
    """libical 3 and what has to be loaded before it: the system's, or Debian's package unpacked beside the others.

    There is no libical on PyPI, in the npm registry or among the crates, source included: what is there binds to the
    system's own.
    """
    if named := os.environ.get("CIS_LIBICAL"):
        return [named]
    if found := ctypes.util.find_library("ical"):
        return [found]
    unpacked = TOOLS / "libical"
    if not (unpacked / "complete").is_file():
        _unpack_debians(unpacked)
    return _loadable(unpacked)


def _unpack_debians(folder: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Refusal(
            "There is no libical 3 here: install it with your system's packages (`libical`), or name the library in"
            f" CIS_LIBICAL. (Only on Debian can it be had without: this is {platform.platform()}.)"
        )
    with step("unpack Debian's libical into .tools/readers (no root needed)"):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "cache" / "archives" / "partial").mkdir(parents=True)
        # Its own lists: those of the system may be old or missing, and only root may renew them.
        options = [
            *("-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"),
            *("-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1"),
        ]
        _run(["apt-get", *options, "-q", "update"], folder)
        depends = _run(["apt-cache", *options, "depends", "--important", "libical3"], folder)
        needed = [line.split()[-1] for line in depends.splitlines() if "Depends: libicu" in line]
        _run(["apt-get", *options, "-q", "download", "libical3", *needed], folder)
        for package in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), str(folder / "root")], folder)
            package.unlink()
        shutil.rmtree(folder / "lists")
        shutil.rmtree(folder / "cache")
        (folder / "complete").touch()


def _loadable(folder: Path) -> list[str]:
    found = []
    for name in LIBRARIES:
        matching = sorted(folder.glob(f"root/usr/lib/*/{name}*"))
        if not matching:
            raise Refusal(f"{name}* is not in {folder}: remove that folder and try again")
        found.append(str(matching[0]))
    return found


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-15:]
        raise Refusal(f"`{' '.join(command)}` failed:\n" + "\n".join(said))
    return done.stdout


if __name__ == "__main__":
    try:
        install()
    except Refusal as refusal:
        sys.exit(str(refusal))
