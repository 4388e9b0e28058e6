"""One version deployed over another while people use it: what becomes of their data and of what is under way."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from release.manifest import ASSEMBLY
from release.rehearse import begin, checked, put_up
from release.standing import announced, left_over, look, lost, replaced, waiting
from release.traffic import Answering, Event, Invitation, People
from stack import commands
from stack.clients import client
from stack.deploy import prepare_change_sets
from stack.progress import step
from stack.settings import STACKS, Settings

CHANGE_SET = "upgrade"
# Answers that wait in a queue the whole time, that arrive meanwhile, and that come from letters of the version before.
QUEUED, MEANWHILE, AFTERWARDS = 10, 60, 10
ANSWER_EVERY_SECS = 0.5
READS_ANSWERS = "record-reply"
PATIENCE_SECS = 90.0


@dataclass(frozen=True)
class Check:
    what: str
    ok: bool
    found: str


@dataclass(frozen=True)
class Report:
    before: str
    after: str
    checks: list[Check]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict:
        return {"before": self.before, "after": self.after, "checks": [vars(check) for check in self.checks]}

    def as_text(self) -> str:
        lines = [f"  {'yes' if check.ok else 'NO '}  {check.what}: {check.found}" for check in self.checks]
        return f"From {self.before} to {self.after}:\n" + "\n".join(lines)


def upgrade(stage: Settings, before: Path, after: Path, programs: Path | None) -> Report:
    old, new = checked(stage, before), checked(stage, after)
    begin(stage, programs)
    try:
        put_up(stage, before)
        return Report(old.identity, new.identity, list(_played(stage, after)))
    finally:
        commands.stop(stage, aloud=False)


def _played(stage: Settings, after: Path) -> Iterator[Check]:
    people = People(stage)
    with step("play traffic on the version before"):
        quiet, guests = _asked(people, "quiet", 3)
        people.answer(guests[0], "ACCEPTED")
        people.until_answered(quiet, {"accepted": 1})
        busy, invitations = _asked(people, "busy", QUEUED + MEANWHILE + AFTERWARDS)
        queued, meanwhile = invitations[:QUEUED], invitations[QUEUED : QUEUED + MEANWHILE]
        afterwards = invitations[QUEUED + MEANWHILE :]

    with step("let answers wait in their queue"):
        _read_answers(stage, enabled=False)
        for invitation in queued:
            people.answer(invitation, "DECLINED")
        held = _until_waiting(stage, len(queued))
    standing = look(stage)

    with step("ask CloudFormation what it would replace (change sets)"):
        prepare_change_sets(stage, after / ASSEMBLY, CHANGE_SET)
        said = announced(stage, CHANGE_SET)
    yield _check("CloudFormation would replace nothing that holds data", said.against, f"of {said.changes} changes")

    answering = Answering(people, meanwhile, "ACCEPTED", ANSWER_EVERY_SECS)
    answering.start()
    put_up(stage, after)
    answered = answering.stop()
    _read_answers(stage, enabled=True)
    for invitation in afterwards:
        people.answer(invitation, "TENTATIVE")

    now = look(stage)
    yield _check(
        "nothing that holds data was replaced", list(replaced(standing, now)), f"of {len(standing.stateful)} resources"
    )
    kept = f"of {len(standing.items)} items and {len(standing.mails)} mails"
    yield _check("no data was lost", list(lost(standing, now, quiet.uid)), kept)
    wanted = {"declined": held, "accepted": answered, "tentative": len(afterwards)}
    counted = people.until_answered(busy, wanted, PATIENCE_SECS)
    found = people.answers_of(busy)
    yield Check(
        f"{held} answers that waited in the queue, {answered} that came during the deployment and {len(afterwards)} to "
        "letters of the version before were counted",
        counted and held == len(queued) and answered > 0 and not answering.failed,
        ", ".join(f"{name} {found.get(name, 0)}" for name in wanted)
        + (f"; not sent: {answering.failed[0]}" if answering.failed else ""),
    )
    fresh, (guest, *_) = _asked(people, "fresh", 1)
    people.answer(guest, "ACCEPTED")
    yield Check(
        "a new event was made, invited to and answered", people.until_answered(fresh, {"accepted": 1}), fresh.uid[:12]
    )
    given_up = [f"{count} in {queue}" for queue, count in left_over(stage).items()]
    yield _check("no message was given up", given_up, "dead letters are empty")


def _asked(people: People, name: str, guests: int) -> tuple[Event, list[Invitation]]:
    event = people.make_event(name)
    return event, people.invite(event, [f"{name}{number}" for number in range(guests)])


def _check(what: str, against: list[str], looked_at: str) -> Check:
    return Check(what, not against, "; ".join(against) or looked_at)


def _read_answers(stage: Settings, *, enabled: bool) -> None:
    functions = client(stage, "lambda")
    for mapping in functions.list_event_source_mappings(FunctionName=f"{STACKS}-{READS_ANSWERS}")[
        "EventSourceMappings"
    ]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


def _until_waiting(stage: Settings, wanted: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECS
    while (found := waiting(stage, READS_ANSWERS)) < wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
