"""What checks the workflows finds what is wrong with one."""

import subprocess
from pathlib import Path

import pytest

from checks.sections import workflows
from stack.settings import read_settings

WORKFLOW = """name: one
on: pull_request
permissions: {}
concurrency:
  group: one-${{ github.head_ref }}
  cancel-in-progress: true
jobs:
  one:
    name: one
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - STEP
"""
BAD = {
    "an action that is not pinned": "uses: actions/checkout@v5",
    "a title run as a script": 'run: echo "${{ github.event.pull_request.title }}"',
    "an expression of nothing": 'run: echo "${{ needs.nothing.outputs.there }}"',
}


def codes_for(folder: Path, step: str) -> list[int]:
    """How each checker ends over a repository with this one step."""
    workflow = folder / ".github" / "workflows" / "one.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW.replace("STEP", step))
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return [
        subprocess.run(
            section.command, cwd=folder, env=dict(section.environment), capture_output=True, check=False
        ).returncode
        for section in workflows(read_settings())
    ]


@pytest.mark.parametrize("step", BAD.values(), ids=BAD.keys())
def test_a_bad_workflow_is_told(tmp_path: Path, step: str) -> None:
    assert any(codes_for(tmp_path, step))


def test_a_good_workflow_is_left_alone(tmp_path: Path) -> None:
    assert codes_for(tmp_path, "run: echo good") == [0, 0]
