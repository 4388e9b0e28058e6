"""`scripts/isolation`: two tenants side by side, and one attacks the other."""

import argparse
import json
import sys
from dataclasses import replace

from isolation.side_by_side import HOLE, attack, put_up_both
from stack.beside import beside, from_nothing
from stack.progress import say, since_start_secs, warn
from stack.settings import CHECKOUT, Refusal, read_settings

PORTS_ABOVE = 30_000
PAGE = CHECKOUT / "docs" / "isolation.md"
APP = "test/apps/side-by-side.ts"


def main() -> int:
    arguments = _arguments()
    try:
        settings = replace(beside(read_settings(), "isolation", PORTS_ABOVE), described_by=APP)
        with from_nothing(settings, "isolation", arguments.programs) as built:
            text, let_in = attack(put_up_both(settings, built))
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130
    if arguments.json:
        say(json.dumps({"let_in": let_in}))
    if let_in:
        warn("Not kept apart:\n  " + "\n  ".join(let_in))
        return 1
    if arguments.check and PAGE.read_text() != text:
        warn(f"{PAGE} says otherwise: run scripts/isolation and look at the difference")
        return 1
    PAGE.write_text(text)
    say(f"Nothing was let in, but through the hole made on purpose ({HOLE}). After {since_start_secs():.0f} s: {PAGE}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/isolation",
        description="Deploys two tenants side by side into a local cloud of its own, with IAM enforced; every role of "
        "one tries everything on everything of the other. Writes docs/isolation.md; 0 only if nothing was let in.",
    )
    parser.add_argument("--programs", metavar="FOLDER", help="where lambdas, local-ses and story are built already")
    parser.add_argument("--check", action="store_true", help="write nothing; 0 only if the page says what was seen")
    parser.add_argument("--json", action="store_true", help="what was let in, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
