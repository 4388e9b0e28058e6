"""What is played to see whether a right is missed: the story, or deployed tests of what the function is for."""

import functools
import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from checks.lanes import DEPLOYED
from checks.sections import CARGO, WHOLE
from least_privilege.rights import Right
from stack.environments import for_the_stack
from stack.settings import CHECKOUT, Settings


@dataclass(frozen=True)
class Missed:
    """Without the right this was not seen."""

    what: str
    reason: str


class Play(Protocol):
    def played(self, settings: Settings, within_secs: float) -> Missed | None:
        """None if all of it was seen; each thing may take so long."""
        ...


@dataclass(frozen=True)
class Story:
    """One event from invitation to cancellation."""

    def played(self, settings: Settings, within_secs: float) -> Missed | None:
        program = os.environ.get("CIS_STORY", str(settings.state / "programs" / "story"))
        command = [program, "--json", "--updates", "0", "--within-secs", str(within_secs)]
        done = _run(settings, command, {})
        if done.returncode not in (0, 1):
            raise SystemExit(f"the story could not be played: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        return None if report["ok"] else Missed(report["failure"]["step"], report["failure"]["reason"])


@dataclass(frozen=True)
class Tests:
    """Deployed tests whose names hold this, as `cargo test -p e2e --test deployed -- NAMED` plays them."""

    named: str

    def played(self, settings: Settings, within_secs: float) -> Missed | None:
        command = [str(_program()), self.named, "--color", "never"]
        done = _run(settings, command, {"CIS_WITHIN_SECS": str(round(within_secs)), "CIS_E2E": "1"})
        failed = re.search(r"^---- (?P<what>\S+) ----\n(?P<reason>.*)$", done.stdout, re.MULTILINE)
        if failed:
            return Missed(failed["what"], failed["reason"])
        if done.returncode != 0 or not re.search(r"^test result: ok\. [1-9]", done.stdout, re.MULTILINE):
            raise SystemExit(f"{self.named} could not be played: {(done.stderr or done.stdout).strip()[-2000:]}")
        return None


LIST, ALL_KINDS = Tests("list::"), Tests("authorization::every_route")
HELD, REMIND, REPORT, SEATS = Tests("held::"), Tests("remind::only_who"), Tests("report::"), Tests("seats::who_accepts")
ERASURE, LEDGER, WRITING = Tests("erasure::"), Tests("ledger::"), Tests("writing::")
UNSUBSCRIBE, ORDER, DELIVERY = Tests("unsubscribe::"), Tests("order::what_is_bought"), Tests("delivery::")

# What a function, or one of its rights, is for, where that is not in the story.
OF: Mapping[str, tuple[Play, ...]] = {
    "verify-list": (LIST,),
    "verify-list IndexFeed": (UNSUBSCRIBE, LIST),
    "verify-list Uploads": (Tests("list::an_uploaded"),),
    "send-shard": (Tests("held::a_change_for_more"), LIST),
    "send-shard IndexFeed": (UNSUBSCRIBE, LIST),
    "stop-job": (HELD,),
    "stage-attendees": (Story(), HELD, LIST, REMIND),
    "track-delivery": (DELIVERY,),
    "record-unsubscribe": (UNSUBSCRIBE, ERASURE),
    "unsubscribe-page": (UNSUBSCRIBE,),
    "invite-page": (Tests("invite_link::"),),
    "organizer-api": (Tests("api::an_event_is_listed"), ALL_KINDS),
    "system-api": (Tests("api::an_event_is_listed"), ALL_KINDS),
    "system-api TableKeys": (Tests("authorization::a_key_is_shown"),),
    "system-api TableErasures": (ERASURE,),
    "authorize": (Tests("authorization::a_key_is_shown"), ALL_KINDS),
    "write-report": (REPORT,),
    "report-page": (REPORT,),
    "erase-person": (ERASURE,),
    "give-seats": (SEATS,),
    "order-webhook": (ORDER,),
    "event-api": (Story(), Tests("api::"), WRITING, LIST, REPORT),
    "event-api IndexFeed": (LEDGER,),
    "event-api Lists": (LIST,),
    "event-api Uploads": (Tests("list::an_uploaded"),),
    "event-api Reports": (REPORT,),
    "notify-organizer": (Story(),),
    "notify-organizer Lists": (LIST,),
    "notify-organizer Reports": (REPORT,),
}
# What a topic is for: who publishes to it and whose queue it reaches are missed alike.
OF_TOPICS: Mapping[str, tuple[Play, ...]] = {
    "delivery-events": (DELIVERY,),
    "enrolled": (ORDER,),
    "erasure-requested": (ERASURE,),
    "event-refused": (Tests("conversation::end-before-start"),),
    "event-updated": (Tests("writing::an_event_is_created"),),
    "fan-out-held": (HELD,),
    "fan-out-stopped": (HELD,),
    "guest-waits": (Tests("conversation::uninvited-reply-is-approved"),),
    "limit-reached": (Tests("limit::"),),
    "list-checked": (LIST,),
    "list-requested": (Tests("list::a_mailed"),),
    "list-uploaded": (Tests("list::an_uploaded"),),
    "reminder-requested": (REMIND,),
    "report-requested": (REPORT,),
    "report-written": (REPORT,),
    "seats-due": (SEATS,),
    "stop-requested": (HELD,),
    "unsubscribe-requested": (UNSUBSCRIBE,),
}


def plays_for(right: Right) -> tuple[Play, ...]:
    """In the order in which they are played, until something is missed."""
    if right.topic:
        return OF_TOPICS.get(right.topic, (Story(),))
    return OF.get(f"{right.holder} {right.sid}") or OF.get(right.holder) or (Story(),)


@functools.cache
def _program() -> Path:
    """The tests of the deployed stack, built where they are not yet."""
    command = [*CARGO, "test", "--no-run", *WHOLE]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    built = DEPLOYED.search(done.stderr)
    if done.returncode != 0 or not built:
        raise SystemExit(f"the tests of the deployed stack could not be built:\n{done.stderr.strip()[-2000:]}")
    return CHECKOUT / built["path"]


def _run(settings: Settings, command: list[str], more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**for_the_stack(settings), "CIS_ENVIRONMENT": str(settings.environment_file), **more}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
