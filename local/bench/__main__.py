"""`scripts/bench`: runs the parts named, says what they came to against their budgets, and keeps it."""

import argparse
import importlib
import json
import secrets
import sys
import time
from dataclasses import asdict

from bench import page
from bench.bench import Bench
from bench.machine import measured_on
from bench.result import Result
from stack import commands, install
from stack.beside import beside
from stack.progress import say, step, warn
from stack.settings import CHECKOUT, Refusal, Settings, read_settings

PORTS_ABOVE = 20_000
PARTS = {
    "calls": "AWS calls, write units and what a million invitations cost, counted on the deployed local stack",
    "invitation": "CPU for one invitation, beside a straightforward sender in Python",
    "start": "CPU from a function's start to its first answer, and the size of its zip",
    "list": "memory and CPU for a list of a million rows",
    "throttled": "sending while SES throttles and the sender is killed ten times",
    "accounted": "100,000 people on a list: what became of every one of them",
    "answers": "100,000 answers to one event: write units, the hottest item, exact counts",
}
EPILOG = "\n".join(
    [
        "parts:",
        *(f"  {name:11} {about}" for name, about in PARTS.items()),
        "",
        "Results are kept in docs/benchmarks; docs/benchmarks.md and its picture are written from them, by `page`",
        "alone, too. What is measured runs in .local/bench, beside the stack of scripts/dev.",
    ]
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures what invitations cost, against the project's budgets. 0 only if each was met.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="say the results as JSON, and all else on stderr")
    parser.add_argument(
        "--share", type=float, default=1.0, help="only so much of each part, to try it; nothing is kept"
    )
    parser.add_argument("--keep", action="store_true", help="keep also what is only a share; the page says so")
    arguments = parser.parse_args()
    if arguments.json:
        # What is said on the way is for people.
        results_to, sys.stdout = sys.stdout, sys.stderr
    try:
        settings = beside(read_settings(), "bench", PORTS_ABOVE)
        if arguments.parts == ["page"]:
            page.write()
            return 0
        if unknown := [name for name in arguments.parts if name not in PARTS]:
            raise Refusal(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
        results = measure(settings, arguments.parts or list(PARTS), arguments.share, arguments.keep)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130
    if arguments.json:
        print(json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False), file=results_to)
    return 0 if all(result.is_met for result in results) else 1


def measure(settings: Settings, parts: list[str], share: float, keep: bool) -> list[Result]:
    install.install(settings, for_deployment=True)
    install.continue_in(settings, "bench")
    install.install_more(settings, install.BENCH, "what is measured with (aiohttp, icalendar)")
    # From nothing each time: a cloud with a million rows of the last time in it is a slower one.
    commands.reset(settings, aloud=False)
    commands.prepare(settings, for_deployment=True)
    bench = Bench(settings, secrets.token_hex(3), share)
    bench.build()
    results = []
    try:
        for part in parts:
            say(f"\n{part}: {PARTS[part]}")
            began = time.monotonic()
            result = importlib.import_module(f"bench.parts.{part}").measure(bench)
            result.took_secs, result.measured = (
                round(time.monotonic() - began, 1),
                {**measured_on(), "share": f"{share:.0%}"},
            )
            results.append(result)
            for one in result.measures:
                say(f"  {one.told()}")
            kept = (
                f"kept in {result.keep().relative_to(CHECKOUT)}"
                if keep or share == 1
                else "not kept: it is a part of it"
            )
            say(f"  {kept}; {result.took_secs:.0f} s")
    finally:
        with step("stop what was measured"):
            bench.stop()
    if keep or share == 1:
        page.write()
    return results


if __name__ == "__main__":
    sys.exit(main())
