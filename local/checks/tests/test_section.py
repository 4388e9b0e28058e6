"""What a section of the tests counts as."""

import os
import sys
from pathlib import Path

import pytest

from checks.section import Section, count, run


def section(says: str, code: int, *, counts: bool) -> Section:
    program = f"import sys; print({says!r}); sys.exit({code})"
    return Section("a section", [sys.executable, "-c", program], Path.cwd(), dict(os.environ), counts=counts)


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        (
            "test result: ok. 12 passed; 0 failed; 1 ignored\ntest result: FAILED. 3 passed; 2 failed; 0 ignored",
            (15, 2),
        ),
        ("20 passed in 31.20s", (20, 0)),
        ("2 failed, 18 passed in 59.31s", (18, 2)),
        (" Test Files  3 passed (3)\n      Tests  1 failed | 41 passed (42)", (41, 1)),
        ("nothing", (0, 0)),
    ],
)
def test_the_runners_own_numbers_are_added_up(said: str, counted: tuple[int, int]) -> None:
    assert count(said) == counted


def test_a_check_that_succeeds_is_one_test(tmp_path: Path) -> None:
    result = run(section("fine", 0, counts=False), tmp_path)
    assert (result.passed, result.failed, result.tail) == (1, 0, [])


def test_a_runner_that_ran_no_test_has_failed(tmp_path: Path) -> None:
    result = run(section("0 passed in 0.01s", 0, counts=True), tmp_path)
    assert not result.ok
    assert result.note == "no test was run"


def test_a_runner_that_fails_without_counting_has_failed_and_its_last_words_are_kept(tmp_path: Path) -> None:
    result = run(section("it does not compile", 101, counts=True), tmp_path)
    assert (result.passed, result.failed) == (0, 1)
    assert result.tail == ["it does not compile"]


def test_a_command_that_is_not_there_has_failed(tmp_path: Path) -> None:
    missing = Section("missing", [str(tmp_path / "nothing")], tmp_path, {})
    assert not run(missing, tmp_path).ok
