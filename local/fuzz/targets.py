"""The fuzz targets, where they are, and how they are built."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

from stack.progress import step
from stack.settings import CHECKOUT, Refusal

CRATE = CHECKOUT / "crates" / "invite" / "fuzz"
BUILT = CHECKOUT / "target" / "fuzz"

# What cargo-fuzz passes for libFuzzer without a sanitizer: they are flags of stable Rust. There is no unsafe code to
# sanitize, and cargo-fuzz would have to be installed.
COVERAGE = (
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
)


def names() -> list[str]:
    manifest = tomllib.loads((CRATE / "Cargo.toml").read_text())
    return [program["name"] for program in manifest["bin"]]


def dictionary(target: str) -> Path | None:
    path = CRATE / "dictionaries" / f"{target}.dict"
    return path if path.is_file() else None


def build() -> Path:
    """The folder the programs are in. Naming the platform keeps the flags from what runs while building."""
    check_same_versions()
    if not any(shutil.which(compiler) for compiler in ("c++", "g++", "clang++")):
        raise Refusal("This machine lacks a C++ compiler (c++): install g++ or clang with your system's packages")
    platform = _platform()
    command = ["cargo", "build", "--locked", "--release", "--bins", "--target", platform]
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(BUILT),
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(COVERAGE),
    }
    with step("build the fuzz targets into target/fuzz"):
        done = subprocess.run(
            command, cwd=CRATE, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise Refusal(f"`{' '.join(command)}` in {CRATE} failed:\n" + "\n".join(done.stderr.splitlines()[-40:]))
    return BUILT / platform / "release"


def check_same_versions() -> None:
    """Fuzzed must be what ships: a library of both lock files has the same version in both."""
    shipped = _versions(CHECKOUT / "Cargo.lock")
    others = differing(shipped, _versions(CRATE / "Cargo.lock"))
    if others:
        raise Refusal(
            f"crates/invite/fuzz/Cargo.lock has other versions than Cargo.lock of: {', '.join(others)}.\n"
            "Write it anew: cp Cargo.lock crates/invite/fuzz/ && (cd crates/invite/fuzz && cargo metadata >/dev/null)"
        )


def differing(shipped: dict[str, set[str]], fuzzed: dict[str, set[str]]) -> list[str]:
    return sorted(name for name, versions in fuzzed.items() if name in shipped and not versions <= shipped[name])


def _versions(lock: Path) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    packages: Iterable[dict[str, str]] = tomllib.loads(lock.read_text())["package"]
    for package in packages:
        versions.setdefault(package["name"], set()).add(package["version"])
    return versions


def _platform() -> str:
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return next(line.removeprefix("host: ") for line in said.splitlines() if line.startswith("host: "))
