"""`scripts/runbooks`: the runbooks of docs/operations.md, done on a local stack of its own."""

import argparse
import sys

from stack import commands
from stack.beside import beside, from_nothing
from stack.progress import say, since_start_secs, warn
from stack.settings import Refusal, read_settings

PORTS_ABOVE = 40_000


def main() -> int:
    arguments = _arguments()
    try:
        settings = beside(read_settings(), "runbooks", PORTS_ABOVE)
        with from_nothing(settings, "runbooks", arguments.programs) as built:
            # Only here: what is imported needs packages.
            from runbooks.done import runbooks

            commands.put_up(settings, built)
            checks = list(runbooks(settings, built))
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130
    for check in checks:
        say(f"  {'yes' if check.ok else 'NO '}  {check.what}{'' if check.ok else f': {check.found}'}")
    say(f"After {since_start_secs():.0f} s.")
    return 0 if all(check.ok for check in checks) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/runbooks",
        description="Deploys a local stack of its own and does what docs/operations.md says, while people use it: "
        "exchanges the tenant's key, deals with dead letters, suspends the tenant and lets it go on, restores the "
        "table, looks whether all is well. 0 only if each did what it is for.",
    )
    parser.add_argument("--programs", metavar="FOLDER", help="where lambdas, local-ses and story are built already")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
