"""Takes each right away from the deployed local stack, one at a time, and shows what breaks.

A right is one statement of a function's role, or of a queue's, topic's or bucket's policy. Without it something must
fail: the story (one event from invitation to cancellation), or the deployed tests of what the right is for (played.py);
then the right is given back and that must pass again before the next one. What has been tried is kept, so that a run
that was stopped goes on; a right that was taken when it was stopped is given back first. What all that leaves in the
queues is purged at the end.

Exit: 0 if every right is shown to be needed or is known to be beyond what the local cloud can show, 1 if one is not,
2 if there is nothing to try it on.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from least_privilege.leftovers import held, purge
from least_privilege.played import Play, Story, plays_for
from least_privilege.rights import Right, documents, put, rights, start_anew
from stack.commands import sign_in
from stack.settings import Settings, read_settings

# Seen on this local cloud: without these nothing breaks in the story. Each is tried all the same with --all.
BEYOND = {
    "Logs": "the local cloud takes a function's logs from its output",
    "Traces": "nobody traces here",
    "OwnQueue": "the local cloud reads queues for a function with its own rights",
    "OwnStream": "the local cloud reads streams for a function with its own rights",
    "OwnDeadLetters": "the local cloud writes dead letters of streams with its own rights",
    "Letters": "without it letters are ours, and go out",
}
# What is too long or too rare to be played; unit tests of these functions have it.
GOES_ON = "it goes on by itself where one run's time is not enough for all there is"
BEYOND_OF = {
    "erase-person QueueErasePerson": "it comes back ten minutes later, for letters that were going out",
    "give-seats QueueGiveSeats": GOES_ON,
    "send-shard QueueSendShard": GOES_ON,
    "send-shard QueueSendCancellation": "only if the event is cancelled while a list goes out",
    "send-shard QueueSendUpdate": "only if the event changes while a list goes out",
}
BEYOND_KIND = {
    "bucket": "the local SES edge stores mail as an administrator",
    "topic": "the local SES edge and the local alarms publish as an administrator",
}


# Far more than it takes: a busy machine must not end a run.
RECOVERS_WITHIN_SECS = 180


def main() -> int:
    settings = read_settings()
    arguments = _arguments()
    if not settings.environment_file.exists():
        print("There is no local stack: scripts/dev starts one", file=sys.stderr)
        return 2
    note = settings.state / "least-privilege.json"
    known = _read(note)
    if taken := known.pop("taken", None):
        right = Right(**taken["right"])
        _say(f"giving back what a stopped run had taken: {right.name}")
        put(settings, right, taken["whole"])
        start_anew(settings, right)
        note.write_text(json.dumps(known, indent=1))
    if arguments.again:
        known = {}
    chosen = [right for right in rights(settings) if _is_chosen(right, arguments)]
    sign_in(settings)
    _say(f"{len(chosen)} rights; first the story with all of them")
    if not _recovers(settings, Story()):
        print("The story fails with all rights in place: nothing can be shown", file=sys.stderr)
        return 2
    before = held(settings)
    try:
        _try_all(settings, chosen, note, known, arguments)
    finally:
        if left := purge(settings, kept=before):
            _say(f"purged what was left in {', '.join(left)}")
    results = {right.name: known[right.name] for right in chosen if right.name in known}
    print(json.dumps(results, indent=1) if arguments.json else _table(results))
    return 1 if any(result["result"] == "nothing broke" for result in results.values()) else 0


def _try_all(
    settings: Settings, chosen: list[Right], note: Path, known: dict[str, Any], arguments: argparse.Namespace
) -> None:
    for number, right in enumerate(chosen, 1):
        if right.name in known:
            continue
        why = _beyond(right, arguments)
        known[right.name] = {"actions": right.actions, **(why or _try(settings, right, note, known, arguments))}
        note.write_text(json.dumps(known, indent=1))
        _say(f"{number}/{len(chosen)} {_line(right.name, known[right.name])}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/least-privilege", description=__doc__.split("\n\n")[0])
    parser.add_argument("--function", action="append", help="only the role of this function, e.g. receive-mail")
    parser.add_argument("--kind", choices=["role", "queue", "topic", "bucket"], help="only policies of these")
    parser.add_argument("--all", action="store_true", help="try also what this local cloud is known not to show")
    parser.add_argument("--again", action="store_true", help="forget what earlier runs have shown")
    parser.add_argument("--within-secs", type=float, default=6, help="how long each thing of the story may take")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    return parser.parse_args()


def _is_chosen(right: Right, arguments: argparse.Namespace) -> bool:
    if arguments.function:
        return right.kind == "role" and right.holder in arguments.function
    return arguments.kind in (None, right.kind)


def _beyond(right: Right, arguments: argparse.Namespace) -> dict[str, Any] | None:
    if right.is_deny:
        return {"result": "not shown", "why": "it forbids (plain HTTP): taking it away gives more, not less"}
    of = f"{right.holder} {right.sid}"
    why = BEYOND.get(right.sid) or BEYOND_OF.get(of) or BEYOND_KIND.get(right.kind)
    return {"result": "not shown", "why": why} if why and not arguments.all else None


def _try(
    settings: Settings, right: Right, note: Path, known: dict[str, Any], arguments: argparse.Namespace
) -> dict[str, Any]:
    # All of them take longer than a token is good for.
    sign_in(settings)
    whole, without = documents(settings, right)
    note.write_text(json.dumps({**known, "taken": {"right": asdict(right), "whole": whole}}, indent=1))
    begin = time.monotonic()
    plays = plays_for(right)
    try:
        put(settings, right, without)
        start_anew(settings, right)
        missed = next(((play, said) for play in plays if (said := play.played(settings, arguments.within_secs))), None)
    finally:
        put(settings, right, whole)
        start_anew(settings, right)
    took = round(time.monotonic() - begin, 1)
    if missed is None:
        return {"result": "nothing broke", "why": "", "played": [str(play) for play in plays], "secs": took}
    play, said = missed
    if not _recovers(settings, play):
        raise SystemExit(f"{play} does not pass again after {right.name} was given back; see {settings.logs}")
    return {"result": "broke", "why": said.what, "seen": said.reason, "secs": took}


def _recovers(settings: Settings, play: Play) -> bool:
    """What waited for the right is done again after its time; a new event need not wait for it."""
    return any(play.played(settings, RECOVERS_WITHIN_SECS) is None for _ in range(3))


def _line(name: str, result: dict[str, Any]) -> str:
    mark = {"broke": "✓", "not shown": "·"}.get(result["result"], "✗")
    return f"{mark} {name}: {result['result']}{': ' if result['why'] else ''}{result['why']}"


def _table(results: dict[str, dict[str, Any]]) -> str:
    counts = {kind: sum(result["result"] == kind for result in results.values()) for kind in ("broke", "not shown")}
    useless = len(results) - sum(counts.values())
    lines = [_line(name, result) for name, result in results.items()]
    total = f"{counts['broke']} shown to be needed, {counts['not shown']} not shown, {useless} without effect"
    return "\n".join(["", *lines, "", total])


def _read(note: Path) -> dict[str, Any]:
    try:
        return json.loads(note.read_text())
    except (OSError, ValueError):
        return {}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
