"""`scripts/dlq`: dead letters, by function."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from operate.dead_letters import DeadLetter, DeadLetters, dead_letters_of
from operate.place import add_place, place_of
from stack.progress import say, warn
from stack.settings import Refusal

SHOWN = 10


def main() -> int:
    arguments = _arguments()
    try:
        known = dead_letters_of(place_of(arguments, "operate.dlq"))
        if arguments.command == "list":
            return list_all(known, as_json=arguments.json)
        found = _named(known, arguments.function)
        match arguments.command:
            case "explain":
                return explain(found, arguments.max, bodies=arguments.bodies, as_json=arguments.json)
            case "redrive":
                return redrive(found, _chosen(arguments))
            case _:
                return discard(found, _chosen(arguments), Path(arguments.into))
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1


def list_all(known: list[DeadLetters], *, as_json: bool) -> int:
    """0 only if there are none."""
    counted = [(one, one.count()) for one in known]
    if as_json:
        say(json.dumps({one.name: count for one, count in counted}))
    else:
        for one, count in counted:
            said = f"  {one.function['error_impact']}" if count else ""
            say(f"{one.name:20} {count:>6}{said}")
    return 1 if any(count for _, count in counted) else 0


def explain(found: DeadLetters, limit: int, *, bodies: bool, as_json: bool) -> int:
    """Each with the last that the function's log says of it."""
    with found.taken(lambda _: True, limit) as letters:
        for letter in letters:
            failures = found.failures(letter)
            last = failures[-1] if failures else {}
            told = {
                "id": letter.id,
                "type": letter.type,
                "first_sent": letter.first_sent.isoformat(timespec="seconds"),
                "failures": len(failures),
                "error": last.get("error") or last.get("message") or "its log says nothing any more",
                **{name: value for name, value in last.get("span", {}).items() if name in ("mail.id", "event.id")},
                **({"body": letter.body} if bodies else {}),
            }
            if as_json:
                say(json.dumps(told))
            else:
                say(f"{told.pop('id')}  {told.pop('error')}")
                say("".join(f"    {name}: {value}\n" for name, value in told.items()))
    if not letters:
        warn(f"{found.name} has no dead letters")
    return 0


def redrive(found: DeadLetters, wanted: Callable[[DeadLetter], bool]) -> int:
    if found.is_of_a_stream:
        raise Refusal(
            f"The dead letters of {found.name} say where in the table's stream the records were, and are not the "
            "records: there is nothing to send. explain --bodies shows the places; what changed is in the table."
        )
    with found.taken(wanted) as letters:
        for letter in letters:
            found.send_again(letter)
            say(f"{letter.id}  sent again")
    return _done(found, letters)


def discard(found: DeadLetters, wanted: Callable[[DeadLetter], bool], into: Path) -> int:
    """Nothing is thrown away that is not written down first."""
    with found.taken(wanted) as letters, into.open("a", encoding="utf-8") as kept:
        into.chmod(0o600)
        for letter in letters:
            kept.write(json.dumps({"function": found.name, "id": letter.id, "body": letter.body}) + "\n")
            kept.flush()
            found.discard(letter)
            say(f"{letter.id}  is in {into}, and gone from the queue")
    return _done(found, letters)


def _done(found: DeadLetters, letters: list[DeadLetter]) -> int:
    if not letters:
        warn(f"{found.name} has no such dead letters")
    return 0 if letters else 1


def _named(known: list[DeadLetters], name: str) -> DeadLetters:
    for one in known:
        if one.name == name:
            return one
    raise Refusal(f"There is no function {name} with dead letters; there are: {', '.join(one.name for one in known)}")


def _chosen(arguments: argparse.Namespace) -> Callable[[DeadLetter], bool]:
    chosen = set(arguments.message)
    return lambda letter: arguments.all or letter.id in chosen


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/dlq",
        description="Messages that failed for good: which there are, why, send them again, throw them away. "
        "Bodies may name people: they are shown only with --bodies.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    listed = commands.add_parser("list", help="how many each function has; 0 only if there are none")
    explained = commands.add_parser("explain", help="each with the last that the function's log says of it")
    again = commands.add_parser("redrive", help="send them to the function's queue again; twice is harmless")
    thrown = commands.add_parser("discard", help="write them into a file, then delete them")
    for command in (explained, again, thrown):
        command.add_argument("function", help="for example record-event")
    for command in (listed, explained):
        command.add_argument("--json", action="store_true", help="for programs; one object a line")
    explained.add_argument("--max", type=int, default=SHOWN, help=f"so many at most ({SHOWN})")
    explained.add_argument("--bodies", action="store_true", help="show the messages themselves")
    for command in (again, thrown):
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("--message", action="append", default=[], metavar="ID", help="this one; may be repeated")
        which.add_argument("--all", action="store_true", help="all of them")
    thrown.add_argument("--into", required=True, metavar="FILE", help="where they are kept, a JSON object a line")
    for command in (listed, explained, again, thrown):
        add_place(command)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
