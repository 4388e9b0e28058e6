"""Tries everything with every role, and says what came of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import ClientError

from isolation.acting import CALLS_AT_ONCE, Acting
from isolation.attempts import Attempt

# What the services say where the rights are missing, and nothing else.
DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorizedException",
}


@dataclass(frozen=True)
class LetIn:
    """An attempt that was not denied, and what was said instead."""

    attempt: Attempt
    said: str

    def __str__(self) -> str:
        return f"{self.attempt}: {self.said}"


@dataclass
class Outcome:
    """Of one role's attempts on one tenant."""

    role: str
    tried: Counter[str]
    """How many, by kind."""
    let_in: list[LetIn]

    def let_in_at(self, kind: str) -> int:
        return sum(one.attempt.kind == kind for one in self.let_in)


def tried(acting: Acting, attempts: Sequence[Attempt]) -> Outcome:
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        answers = list(pool.map(lambda attempt: not_denied(lambda: attempt.call(acting)), attempts))
    let_in = [LetIn(attempt, said) for attempt, said in zip(attempts, answers, strict=True) if said is not None]
    return Outcome(acting.role, Counter(attempt.kind for attempt in attempts), let_in)


def not_denied(call: Callable[[], object]) -> str | None:
    """None where the door was shut. An error of another kind came past it: it is no denial."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return None if code in DENIED else f"let in, then {code}"
    return "let in"
