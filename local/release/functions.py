"""The functions' binary for AWS, optimized and the same from the same commit: `scripts/build`."""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path

from release import tools
from release.files import sha256_of, zip_of_functions
from release.source import read_source
from stack.build import target_directory
from stack.environments import for_installing
from stack.progress import say, step, warn
from stack.settings import CHECKOUT, Refusal, Settings, read_settings

PROCESSORS = ("arm64", "x86-64")
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86-64": "x86_64-unknown-linux-gnu"}
# As `cargo auditable` sets it, but by the program's name: it would give its path, which cargo takes for a part of what
# our crates are, and the same commit would come out otherwise in another folder.
AUDITED = {
    "RUSTC_WORKSPACE_WRAPPER": "cargo-auditable",
    "CARGO_AUDITABLE_ORIG_ARGS": json.dumps({"offline": False, "locked": True, "frozen": False, "config": []}),
}
# Where ELF says what a program runs on, and how.
ELF_MACHINES = {0xB7: "arm64", 0x3E: "x86-64"}


def this_machines() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86-64"


def processor_of(program: bytes) -> str | None:
    """What a Linux program runs on; None where it is none, or one of another kind."""
    if program[:4] != b"\x7fELF":
        return None
    return ELF_MACHINES.get(int.from_bytes(program[18:20], "little"))


def build_functions(settings: Settings, processor: str) -> Path:
    """The zip that Lambda takes. Without the paths and the clock of the machine that builds it."""
    programs = tools.install_cargo_lambda(settings)
    auditable = tools.install_by_cargo(settings, tools.AUDITABLE)
    environment = tools.with_path(reproducible(for_installing(settings)), programs, auditable) | AUDITED
    command = ["cargo", "lambda", "build", "--release", "--locked", f"--{processor}"]
    with step(f"build the functions for {processor} (cargo lambda)"):
        done = subprocess.run(
            [*command, "--package", "lambdas"], cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, check=False
        )
    if done.returncode != 0:
        raise Refusal(
            "The build failed; what cargo says is above. "
            f"If it lacks the target: rustup target add {TARGETS[processor]}"
        )
    built = target_directory() / "lambda"
    zipped = built / f"lambdas-{processor}.zip"
    zip_of_functions(built / "lambdas" / "bootstrap", zipped)
    return zipped


def reproducible(environment: dict[str, str]) -> dict[str, str]:
    """Compilers write where the sources lay, Rust's for panics and C's for errors: here it is the same everywhere."""
    cargo_home = environment.get("CARGO_HOME") or str(Path.home() / ".cargo")
    places = {cargo_home: "/cargo", str(CHECKOUT): "/source"}
    rust = [f"--remap-path-prefix={here}={there}" for here, there in places.items()]
    c = " ".join(f"-ffile-prefix-map={here}={there}" for here, there in places.items())
    return {
        **environment,
        # Divided as cargo wants it: a path may hold a blank.
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(rust),
        "CFLAGS": c,
        "CXXFLAGS": c,
        "CARGO_INCREMENTAL": "0",
        "SOURCE_DATE_EPOCH": str(read_source().committed_at_secs),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/build", description="Builds the functions as a zip for AWS Lambda.")
    parser.add_argument("processor", nargs="?", choices=PROCESSORS, default="arm64", help="default: arm64, as on AWS")
    arguments = parser.parse_args()
    try:
        zipped = build_functions(read_settings(), arguments.processor)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    say(f"{zipped}\n  sha256 {sha256_of(zipped)}; deploy it with CIS_LAMBDA_ASSET={zipped}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
