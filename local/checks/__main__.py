"""`scripts/test`: every section, its time, and one summary at the end."""

import argparse
import os
import shutil
import socket
import sys
from pathlib import Path

from checks import sections
from checks.lanes import Lanes
from checks.section import Result, run
from stack import commands, install, progress
from stack.beside import beside
from stack.progress import say, since_start_secs, warn
from stack.settings import Refusal, Settings, read_settings

PORTS_ABOVE = 10_000
ADVISORY_DATABASE = "github.com"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/test", description="Runs every test there is; 0 only if all passed.")
    parser.add_argument(
        "part",
        nargs="?",
        choices=["infra", "api"],
        help="only what platform engineers change: the stacks, their templates, the local cloud, isolation of tenants, "
        "runbooks; or only the API, deployed",
    )
    parser.add_argument("--no-stack", action="store_true", help="leave out what needs the deployed local stack")
    parser.add_argument(
        "--quick", action="store_true", help="only formats, lints, licences, workflows and scripts: compiles nothing"
    )
    parser.add_argument(
        "--fuzz-seconds",
        type=int,
        default=30 if os.environ.get("CI") else 5,
        help="how long each fuzz target runs (default: 5, and 30 where CI is set)",
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=8 if os.environ.get("CI") else 40,
        help="of each operation of the API, made from its description (default: 40, and 8 where CI is set)",
    )
    arguments = parser.parse_args()
    try:
        # Its own, beside the one a developer looks at.
        settings = beside(read_settings(), "test", PORTS_ABOVE)
        install.install(settings, for_deployment=True)
        install.continue_in(settings, "checks")
        install.install_checks(settings)
        install.install_more(settings, install.BENCH, "what scripts/bench measures with")
        if arguments.part == "infra":
            return summary(test_infra(settings, with_stack=not arguments.no_stack))
        install.fetch_crates(settings)
        if arguments.quick:
            return summary(quick(settings))
        results = test(settings, arguments)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130
    return summary(results)


def quick(settings: Settings) -> list[Result]:
    logs = fresh_logs(settings)
    return [told(run(section, logs)) for section in (*sections.at_once(settings), *sections.local_cloud(settings))]


def test_infra(settings: Settings, *, with_stack: bool) -> list[Result]:
    logs = fresh_logs(settings)
    lanes = [*sections.stacks(settings), *sections.local_cloud(settings)]
    if with_stack:
        lanes += [*sections.isolation(settings), *sections.runbooks(settings)]
    return [told(run(section, logs)) for section in lanes]


def fresh_logs(settings: Settings) -> Path:
    logs = settings.state.parent / "test-logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    progress.whole_lines()
    return logs


def test(settings: Settings, arguments: argparse.Namespace) -> list[Result]:
    logs = fresh_logs(settings)
    # From nothing each time, so that nothing left over makes a test pass.
    commands.reset(settings, aloud=False)
    commands.prepare(settings, for_deployment=True)
    lanes = Lanes(settings, logs, told, fuzz_secs=arguments.fuzz_seconds, examples=arguments.examples)
    if arguments.part == "api":
        return lanes.run_api()
    results = lanes.run(with_stack=not arguments.no_stack)
    if reaches(ADVISORY_DATABASE):
        results.append(told(run(sections.advisories(settings), logs)))
    else:
        say("  advisories: not checked, their database cannot be reached from here")
    return results


def reaches(host: str) -> bool:
    try:
        with socket.create_connection((host, 443), timeout=3):
            return True
    except OSError:
        return False


def told(result: Result) -> Result:
    counted = f", {result.passed} passed" if result.section.counts else ""
    failed = f", {result.failed} failed" if result.failed else ""
    note = f" ({result.note})" if result.note else ""
    say(f"  {result.section.name}: {result.took_secs:.1f} s{counted}{failed}{note}")
    return result


def summary(results: list[Result]) -> int:
    failed = [result for result in results if not result.ok]
    for result in failed:
        say(f"\n--- {result.section.name} failed; all of it is in {result.log}\n" + "\n".join(result.tail))
    say(f"\nAfter {since_start_secs():.0f} s, {len(results) - len(failed)} of {len(results)} sections passed.")
    if failed:
        say("Failed: " + ", ".join(result.section.name for result in failed))
    say(f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
