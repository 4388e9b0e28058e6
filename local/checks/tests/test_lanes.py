"""What runs beside what, and what becomes of the rest when one thing fails."""

import os
import sys
from pathlib import Path

import pytest

from checks import lanes, sections
from checks.lanes import Lanes, deployed_tests
from checks.section import Result, Section
from stack.settings import CHECKOUT, Refusal, Settings

BUILT = """
    Finished `local` profile [optimized] target(s) in 54.27s
  Executable unittests src/lib.rs (target/local/deps/e2e-1f0d)
  Executable tests/deployed/main.rs (target/local/deps/deployed-f8ce0cf2362c25ac)
"""


def result(folder: Path, said: str, *, failed: int = 0) -> Result:
    log = folder / "log"
    log.write_text(said)
    return Result(Section("rust tests built", [], folder, {}), 1 - failed, failed, 0.0, log)


def test_the_tests_of_the_stack_are_where_cargo_says(tmp_path: Path) -> None:
    found = deployed_tests(result(tmp_path, BUILT))
    assert found == CHECKOUT / "target/local/deps/deployed-f8ce0cf2362c25ac"


@pytest.mark.parametrize(("said", "failed"), [("nothing of that kind", 0), (BUILT, 1)])
def test_tests_that_were_not_built_are_refused(tmp_path: Path, said: str, failed: int) -> None:
    with pytest.raises(Refusal, match="not built"):
        deployed_tests(result(tmp_path, said, failed=failed))


def test_nothing_is_begun_once_somebody_stops_it(tmp_path: Path) -> None:
    def stop(result: Result) -> Result:
        running.stopped = True
        return result

    running = Lanes(Settings(state=tmp_path, tools=tmp_path, ports={}), tmp_path, stop, fuzz_secs=1, examples=1)
    lane = [Section(name, [sys.executable, "-c", ""], tmp_path, dict(os.environ)) for name in ("first", "second")]
    assert [result.section.name for result in running._all(lane)] == ["first"]


def test_programs_that_cannot_be_built_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(_settings: Settings) -> None:
        raise Refusal("The build failed")

    def one(name: str) -> Section:
        return Section(name, [sys.executable, "-c", "print('1 passed in 0.1s')"], tmp_path, dict(os.environ))

    monkeypatch.setattr(lanes, "build", fails)
    monkeypatch.setattr(sections, "rust_tests_built", lambda _settings: one("rust tests built"))
    for name in ("at_once", "stacks", "local_cloud", "rust"):
        monkeypatch.setattr(sections, name, lambda _settings, name=name: [one(name)])
    monkeypatch.setattr(sections, "proof", lambda _settings, fuzz_secs: [one("proof")] if fuzz_secs == 1 else [])
    told: list[Result] = []

    def tell(result: Result) -> Result:
        told.append(result)
        return result

    settings = Settings(state=tmp_path, tools=tmp_path, ports={"CIS_CLOUD_PORT": 1, "CIS_SES_PORT": 2})
    monkeypatch.setattr(lanes.commands, "stop", lambda *_, **__: None)
    results = Lanes(settings, tmp_path, tell, fuzz_secs=1, examples=1).run(with_stack=True)

    assert {(result.section.name, result.ok) for result in results} == {
        ("stack", False),
        *((name, True) for name in ("at_once", "stacks", "local_cloud", "rust tests built", "rust", "proof")),
    }
    assert len(told) == len(results)
