"""`scripts/fuzz`: every target for some seconds, and one table at the end."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz import targets
from fuzz.run import Run, reproduce, run
from stack.install import check_machine
from stack.progress import say, since_start_secs, warn
from stack.settings import CHECKOUT, Refusal, read_settings

TELL_EVERY_SECS = 15.0


def main() -> int:
    known = targets.names()
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Hands random bytes to everything that reads, and checks what must hold of any bytes.",
    )
    parser.add_argument("targets", nargs="*", metavar="target", help=f"{', '.join(known)}, or all (the default)")
    parser.add_argument("--seconds", type=int, default=30, help="how long each target runs (default: 30)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time (default: all cores)")
    parser.add_argument("--seed", type=int, default=0, help="which inputs are tried; 0 (the default): others each time")
    parser.add_argument("--input", type=Path, help="run one target once, on this file, and show where it fails")
    arguments = parser.parse_args()
    chosen = known if arguments.targets in ([], ["all"]) else arguments.targets
    try:
        if unknown := [name for name in chosen if name not in known]:
            raise Refusal(f"no such target: {', '.join(unknown)}; there are {', '.join(known)}")
        if arguments.input and len(chosen) != 1:
            raise Refusal("--input goes with one target")
        check_machine()
        programs = targets.build()
        if arguments.input:
            return reproduce(chosen[0], programs, arguments.input)
        return summary(all_of(chosen, programs, arguments.seconds, arguments.seed, max(arguments.jobs, 1)))
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130


def all_of(chosen: list[str], programs: Path, seconds: int, seed: int, jobs: int) -> list[Run]:
    state = read_settings().state / "fuzz"
    with ThreadPoolExecutor(jobs) as lanes:
        running = [lanes.submit(run, target, programs, state, seconds, seed, NowAndThen()) for target in chosen]
        return [one.result() for one in running]


class NowAndThen:
    """Says how far a target is, but not at every line it writes."""

    def __init__(self) -> None:
        self.told_at_secs = 0.0

    def __call__(self, so_far: Run) -> None:
        if so_far.took_secs - self.told_at_secs >= TELL_EVERY_SECS:
            self.told_at_secs = so_far.took_secs
            say(f"  {so_far.target}: {so_far.took_secs:.0f} s, {so_far.executed:,} inputs, {so_far.edges:,} edges")


def summary(results: list[Run]) -> int:
    say(f"\n{'target':12} {'seconds':>8} {'inputs':>12} {'a second':>9} {'edges':>8} {'corpus':>7} {'new':>6}  result")
    for result in results:
        verdict = "held" if result.ok else f"FAILED (exit code {result.code})"
        say(
            f"{result.target:12} {result.took_secs:8.0f} {result.executed:12,} {result.a_second:9,}"
            f" {result.edges:8,} {result.inputs:7,} {result.new_inputs:6,}  {verdict}"
        )
    failed = [result for result in results if not result.ok]
    for result in failed:
        say(f"\n--- {result.target} failed\n" + "\n".join(f"  {line}" for line in result.why))
        if result.crash:
            file = result.crash.relative_to(CHECKOUT) if result.crash.is_relative_to(CHECKOUT) else result.crash
            say(f"  again: scripts/fuzz {result.target} --input {file}")
    count = f"{len(failed)} failed, " if failed else ""
    say(f"\n{count}{len(results) - len(failed)} passed in {since_start_secs():.0f}s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
