"""`scripts/rotate-key`: exchanges the key by which a tenant's letters are signed."""

import argparse
import sys

from operate import key_rotation
from operate.place import Place, add_place, place_of
from stack.progress import say, warn
from stack.settings import Refusal


def main() -> int:
    arguments = _arguments()
    try:
        place = place_of(arguments, "operate.rotate_key")
        take(place, arguments.step, arguments.really)
        say(f"{place.prefix} is {key_rotation.look(place).said}")
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    return 0


def take(place: Place, step: str, really: str | None) -> None:
    match step:
        case "begin":
            key_rotation.begin(place)
        case "sign":
            key_rotation.sign(place)
        case "retire" if really == place.prefix:
            key_rotation.retire(place)
        case "retire":
            raise Refusal(
                "Answers to letters of the old key will count only where their sender is proven otherwise, and links "
                f"in them will do nothing. When you mean it: retire --really {place.prefix}"
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/rotate-key",
        description="Exchanges the key by which a tenant's stage signs reply addresses, links and cursors, in three "
        "steps: `begin` makes a new one that is believed, `sign` signs by it and still believes the old one, `retire` "
        "ends that. Refuses a step for which it is too early. No key is shown, ever.",
    )
    parser.add_argument("step", nargs="?", default="show", choices=["show", "begin", "sign", "retire"])
    add_place(parser)
    parser.add_argument("--really", metavar="NAME", help="with retire; NAME is cis-<stage>-<tenant>, written out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
