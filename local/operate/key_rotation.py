"""The exchange of a tenant's key in three steps, between which nothing that people hold becomes worthless.

The secret has a line for each key: the first names events and stays for ever, the second signs, others are believed.

    named = signing                      as it was made
    named, signing, new                  begun: the new key is believed, and signs nothing yet
    named, new, signing before           signed: letters go out with the new one, answers to older letters count
    named, new                           retired: what the old key has signed is worth nothing

Functions read it when a process of theirs begins, so each step waits until no process is older than the step before.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from operate.place import Place
from stack.deploy import FUNCTIONS
from stack.settings import Refusal

SECRET = "TENANT_KEY_SECRET"
KEY_LENGTH = 64
# AWS ends a process of a function after some hours, however busy it is, and does not say after how many.
LONGEST_PROCESS = timedelta(hours=24)


class Step(Enum):
    """The last one that was taken, and what that means."""

    NONE = "settled: the key was never exchanged"
    BEGUN = "begun: a new key is believed, and signs nothing yet; next: sign"
    SIGNED = "signed: a new key signs, the one before is believed; next: retire"
    RETIRED = "settled: one key signs, and no other is believed"


@dataclass(frozen=True)
class State:
    keys: list[str]
    """Never shown."""
    step: Step
    since: datetime

    @property
    def said(self) -> str:
        return f"{self.step.value} (since {self.since:%Y-%m-%d %H:%M} UTC)"


def look(place: Place) -> State:
    secrets, name = place.client("secretsmanager"), f"{place.prefix}-tenant-key"
    try:
        secret = secrets.get_secret_value(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException as error:
        raise Refusal(f"There is no secret {name}: is {place.prefix}-data deployed?") from error
    keys = secret["SecretString"].splitlines()
    match len(keys):
        case 1:
            step = Step.NONE
        case 2:
            step = Step.RETIRED
        case 3:
            # What signs is what signed before, or it has just taken its place.
            before = secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"].splitlines()
            step = Step.BEGUN if keys[1] == before[:2][-1] else Step.SIGNED
        case lines:
            raise Refusal(f"{name} has {lines} lines: somebody has changed it by hand")
    return State(keys, step, secret["CreatedDate"].astimezone(UTC))


def begin(place: Place) -> None:
    state = _at(place, Step.NONE, Step.RETIRED)
    named, signing = state.keys[0], state.keys[-1]
    made = place.client("secretsmanager").get_random_password(PasswordLength=KEY_LENGTH, ExcludePunctuation=True)
    _put(place, [named, signing, made["RandomPassword"]])


def sign(place: Place) -> None:
    state = _at(place, Step.BEGUN)
    _refuse_old_processes(place, state)
    named, signing, new = state.keys
    _put(place, [named, new, signing])


def retire(place: Place) -> None:
    state = _at(place, Step.SIGNED)
    _refuse_old_processes(place, state)
    named, signing, _ = state.keys
    _put(place, [named, signing])


def older_processes(place: Place, since: datetime, now: datetime) -> list[str]:
    """Functions of which a process may still run that has read the secret before."""
    if now - since > LONGEST_PROCESS:
        return []
    functions: Any = place.client("lambda")
    # On AWS calls go to what the alias names; the local cloud has none.
    live = {} if place.settings else {"Qualifier": "live"}
    found = []
    for name in who_reads_it():
        told = functions.get_function_configuration(FunctionName=f"{place.prefix}-{name}", **live)
        # Not every clock here shows fractions of a second: in the same one, it may have begun before.
        if datetime.fromisoformat(told["LastModified"]).replace(microsecond=0) <= since.replace(microsecond=0):
            found.append(name)
    return found


def who_reads_it() -> list[str]:
    listed = json.loads(FUNCTIONS.read_text())["functions"]
    return [spec["name"] for spec in listed if SECRET in spec["environment"]]


def _refuse_old_processes(place: Place, state: State) -> None:
    older = older_processes(place, state.since, datetime.now(UTC))
    if older:
        raise Refusal(
            f"Too early: {', '.join(older)} may still run with the keys of before {state.since:%Y-%m-%d %H:%M} UTC. "
            "Wait a day, or release a version, which begins all anew."
        )


def _at(place: Place, *wanted: Step) -> State:
    state = look(place)
    if state.step not in wanted:
        raise Refusal(f"This is not the next step. {place.prefix} is {state.said}")
    return state


def _put(place: Place, keys: list[str]) -> None:
    secret = f"{place.prefix}-tenant-key"
    place.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="\n".join(keys))
