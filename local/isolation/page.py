"""docs/isolation.md."""

from isolation.attack import Outcome
from isolation.borders import Held

KINDS = ("mail", "bucket", "topics", "queues", "functions", "table", "secret", "users", "logs", "roles")
HEAD = """\
# Isolation

Made by `scripts/isolation`, which deploys two tenants side by side into one account of the local cloud, with IAM
enforced, and attacks: acme has been broken into, globex is what the intruder wants. Nobody edits this page.

## With the rights of a function

Each function's role tries everything on everything globex has. `0 of 12` says that of twelve attempts none was let in;
in brackets, how many of the same attempts were let in at home, on what acme itself has: the role's rights work. Only
the services' own words for missing rights count as a denial; an error of another kind came past the door.

"""
TRIED = """
What is tried:

| | |
|---|---|
| mail | send raw mail as the domain, under the configuration set |
| bucket | list; read, write and delete in each folder |
| topics | publish, subscribe |
| queues | of dead letters, too: send, receive, purge |
| functions | invoke, replace the code |
| table | read, query, scan, write, change, delete, in batches and transactions; query its index |
| secret | read, replace |
| users | make one, list them |
| logs | read, write |
| roles | take one on |

"""
HANDS = """\
## With what people hold in their hands

| of acme | at acme | at globex |
|---|---|---|
"""
NOT_SHOWN = """
## When one goes

At the end `scripts/forget-tenant` deletes globex. Each service is asked: nothing is left of it, and acme has lost
nothing.

## What this cannot show

The local cloud does not enforce who may use a KMS key, and reads streams and writes their dead letters with rights of
its own; the key serves topics only. On AWS releases have roles, too, which only CodeDeploy can take on; a test of the
templates says that they may touch nothing but their own stage's functions. The tests of the templates also say that
none names anything of another tenant ([security.md](security.md)).
"""


def page(abroad: list[Outcome], home: list[Outcome], hole: str, held: list[Held], prefix: str) -> str:
    at_home = {outcome.role: outcome for outcome in home}
    rows = "".join(_row(outcome, at_home[outcome.role], prefix) for outcome in abroad)
    head = f"| acme's | {' | '.join(KINDS)} |\n|---|{'---|' * len(KINDS)}\n"
    tried, let_in = sum(sum(one.tried.values()) for one in abroad), sum(len(one.let_in) for one in abroad)
    sum_up = f"\nIn all **{let_in} of {tried:,}** attempts were let in."
    seeded = f" With a hole made on purpose the same attempts find it: `{hole}`.\n"
    hands = "".join(f"| {one.what} | {one.at_home} | {one.abroad} |\n" for one in held)
    return f"{HEAD}{head}{rows}{sum_up}{seeded}{TRIED}{HANDS}{hands}{NOT_SHOWN}"


def _row(abroad: Outcome, home: Outcome, prefix: str) -> str:
    cells = (f"{abroad.let_in_at(kind)} of {abroad.tried[kind]}{_own(home.let_in_at(kind))}" for kind in KINDS)
    return f"| {abroad.role.removeprefix(f'{prefix}-')} | {' | '.join(cells)} |\n"


def _own(let_in: int) -> str:
    return f" ({let_in})" if let_in else ""
