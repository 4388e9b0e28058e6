"""Programs and tests share what is compiled: a crate with other features is another one, and so is what needs it."""

import subprocess

from checks.sections import CARGO
from stack.build import PACKAGES
from stack.settings import CHECKOUT


def features(*arguments: str) -> set[str]:
    """Every crate of another author that is compiled, with its features."""
    form = ["--format", "{p} {f}", "--prefix", "none", "--no-dedupe"]
    said = subprocess.run(
        [*CARGO, "tree", "--offline", *form, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    lines = {line.replace(" (proc-macro)", "") for line in said.stdout.splitlines()}
    return {line for line in lines if line and str(CHECKOUT) not in line}


def test_a_crate_of_the_programs_has_the_features_the_tests_give_it() -> None:
    packages = [argument for package in PACKAGES for argument in ("--package", package)]
    of_programs = features(*packages, "--edges", "normal,build")
    of_tests = features("--workspace", "--edges", "normal,build,dev")
    apart = sorted(of_programs - of_tests)
    assert not apart, f"compiled twice, and all that needs them; see e2e/Cargo.toml: {apart}"
