"""cfn-lint over the templates of every stage: CloudFormation's own schemas, of which CDK's validation knows a part."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from stack.install import INFRA

# CDK says of what follows from a reference that it depends on it, too: harmless, and not ours to change.
NOT_OURS = ["W3005"]
REGION = "us-east-1"
STOPPED = 1


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        described = describe(Path(folder))
        templates = sorted(described.rglob("*.template.json"))
        if not templates:
            print(f"CDK has written no templates to {described}", file=sys.stderr)
            return STOPPED
        said, code = lint(templates)
    print(said or f"{len(templates)} templates, nothing to say of them")
    return code


def describe(folder: Path) -> Path:
    """All stages, with a stand-in for the functions' program: what a template says does not depend on it."""
    command = ["node", "--import", "tsx", "test/apps/describe-all.ts", str(folder)]
    subprocess.run(command, cwd=INFRA, env=os.environ, check=True)
    return folder


def lint(templates: list[Path]) -> tuple[str, int]:
    """What cfn-lint says, and its exit code: 0 only if it has nothing to say, not even a warning."""
    program = Path(sys.executable).with_name("cfn-lint")
    command = [program, "--regions", REGION, "--ignore-checks", *NOT_OURS, "--format", "parseable"]
    done = subprocess.run([*command, "--template", *map(str, templates)], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip(), done.returncode


if __name__ == "__main__":
    sys.exit(main())
