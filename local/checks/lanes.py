"""What runs beside what: two processors, and much that only waits.

    programs built ── tests built ── rust tests ── rust lints ── readers agree ── fuzz
                │          └──────────────┐
                └── stack deployed ── conversations ── API as described ── story
    formats, licences, letters
    stacks
    local cloud

The deployed stack's tests mostly wait, for redeliveries and dead letters; they begin as soon as there is a stack.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from checks import sections
from checks.section import Result, Section, run
from stack import commands, function_logs
from stack.build import Built, build
from stack.environments import for_installing
from stack.progress import warn
from stack.settings import CHECKOUT, Refusal, Settings

Tell = Callable[[Result], Result]
Lane = Callable[[Settings, Path, int], list[Section]]
# How `cargo test --no-run` names the tests of the deployed stack.
DEPLOYED = re.compile(r"Executable tests/deployed/main\.rs \((?P<path>[^)]+)\)")
# Each lane waits for others: with fewer threads than lanes one could wait for ever.
LANES = 7
FAILURES_SHOWN = 30
LINE_LENGTH = 400


class Lanes:
    def __init__(self, settings: Settings, logs: Path, tell: Tell, *, fuzz_secs: int, examples: int) -> None:
        self.settings, self.logs, self.tell = settings, logs, tell
        self.fuzz_secs, self.examples = fuzz_secs, examples
        self.stopped = False

    def run(self, *, with_stack: bool) -> list[Result]:
        """Every section's result, in the order of the lanes."""
        with ThreadPoolExecutor(LANES) as threads:
            programs = threads.submit(build, self.settings) if with_stack else None
            tests = threads.submit(self._tests_built, programs)
            lanes = [threads.submit(self._all, sections.at_once(self.settings))]
            if programs is not None:
                lanes.append(threads.submit(self._deployed, programs, tests, sections.on_the_stack))
            lanes += [
                threads.submit(self._all, sections.stacks(self.settings)),
                threads.submit(self._all, sections.local_cloud(self.settings)),
                threads.submit(self._rust, tests),
            ]
            try:
                return [result for lane in lanes for result in lane.result()]
            except BaseException:
                # What runs ends by the same interruption; nothing more is begun.
                self.stopped = True
                raise

    def run_api(self) -> list[Result]:
        """The API alone."""
        with ThreadPoolExecutor(LANES) as threads:
            programs = threads.submit(build, self.settings)
            tests = threads.submit(self._tests_built, programs)
            deployed = threads.submit(self._deployed, programs, tests, sections.api)
            return [tests.result(), *deployed.result()]

    def _all(self, lane: list[Section]) -> list[Result]:
        results = []
        for section in lane:
            if not self.stopped:
                results.append(self.tell(run(section, self.logs)))
        return results

    def _tests_built(self, programs: Future[Built] | None) -> Result:
        """After the programs: cargo does one thing at a time, and the stack waits for them."""
        if programs is not None:
            programs.exception()
        section = sections.rust_tests_built(self.settings)
        if self.stopped:
            return Result(section, 0, 1, 0.0, self.logs, "stopped before it began")
        return self.tell(run(section, self.logs))

    def _rust(self, tests: Future[Result]) -> list[Result]:
        lane = [*sections.rust(self.settings), *sections.proof(self.settings, self.fuzz_secs)]
        return [tests.result(), *self._all(lane)]

    def _deployed(self, programs: Future[Built], tests: Future[Result], lane: Lane) -> list[Result]:
        try:
            commands.put_up(self.settings, programs.result())
            results = self._all(lane(self.settings, deployed_tests(tests.result()), self.examples))
            return [self._with_failures(result) for result in results]
        except Refusal as refusal:
            warn(str(refusal))
            stack = Section("stack", ["scripts/dev"], self.settings.state, for_installing(self.settings))
            return [self.tell(Result(stack, 0, 1, 0.0, self.settings.logs, "the stack could not be tested"))]
        finally:
            commands.stop(self.settings, aloud=False)

    def _with_failures(self, result: Result) -> Result:
        """A test of the deployed stack sees that something did not happen; why, its functions have said."""
        if result.ok:
            return result
        lines = function_logs.failures(self.settings)
        (self.logs / "functions.log").write_text("".join(f"{line}\n" for line in lines))
        said = [f"{len(lines)} failures are in the functions' logs, the last of them:", *lines[-FAILURES_SHOWN:]]
        return replace(result, tail=[*result.tail, *(line[:LINE_LENGTH] for line in said)])


def deployed_tests(built: Result) -> Path:
    """The program `cargo test --no-run` has built for the deployed stack."""
    found = DEPLOYED.search(built.log.read_text(errors="replace")) if built.ok else None
    if found is None:
        raise Refusal(f"The tests of the deployed stack were not built; see {built.log}")
    return CHECKOUT / found["path"]
