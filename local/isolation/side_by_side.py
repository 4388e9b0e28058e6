"""Two tenants in one account, and the order of the attacks."""

import json
from dataclasses import dataclass

import boto3

from isolation.acting import Acting
from isolation.attack import Outcome, tried
from isolation.attempts import attempts_on
from isolation.borders import try_what_is_held
from isolation.page import page
from isolation.tenant import Tenant, find_tenant
from operate.forget import forget
from operate.place import Place as Deployed
from operate.possessions import possessions
from stack.build import Built
from stack.clients import client
from stack.commands import put_up
from stack.deploy import FUNCTIONS, outputs
from stack.environment_file import read_environment
from stack.progress import step
from stack.settings import ACCOUNT, REGION, STAGE, Refusal, Settings
from stack.story import play

HOME, ABROAD = "acme", "globex"
HOLE = "dynamodb:GetItem on table itself"


@dataclass(frozen=True)
class Place:
    settings: Settings
    home: Tenant
    abroad: Tenant


def put_up_both(settings: Settings, built: Built) -> Place:
    put_up(settings, built)
    return Place(settings, find_tenant(settings, HOME), find_tenant(settings, ABROAD))


def attack(place: Place) -> tuple[str, list[str]]:
    """The page, and whatever was let in that should not have been."""
    settings, home, abroad = place.settings, place.home, place.abroad
    if play(settings) != 0:
        raise Refusal(f"The story was not seen at {HOME}: what does not work cannot be attacked")
    urls = {tenant.name: outputs(settings, tenant.prefix)["ApiUrl"] for tenant in (home, abroad)}
    with step("try what people hold in their hands"):
        held = try_what_is_held(settings, home, abroad, urls, read_environment(settings)["CIS_API_TOKEN"])
    # What attacks leave in queues is for nobody to work on.
    _switch_off_queues(settings)

    outcomes: dict[str, list[Outcome]] = {ABROAD: [], HOME: []}
    session = boto3.Session()
    roles = home.of("AWS::IAM::Role")
    for role in roles:
        acting = Acting(settings, role, session)
        with step(f"attack with the role of {home.short(role)}"):
            outcomes[ABROAD].append(tried(acting, attempts_on(abroad)))
            outcomes[HOME].append(tried(acting, attempts_on(home)))
    hole = [str(one.attempt) for one in _through_a_hole(settings, Acting(settings, roles[0], session), abroad).let_in]
    let_in = [
        *(f"{one.role}: {what}" for one in outcomes[ABROAD] for what in one.let_in),
        *(
            f"{one.role} can do nothing at home either: that shows nothing"
            for one in outcomes[HOME]
            if not one.let_in and home.short(one.role) not in _without_rights()
        ),
        *(f"{one.what}: {one.abroad}" for one in held if not one.worthless),
        *([] if hole == [HOLE] else [f"a hole made on purpose, {HOLE}, was seen as {hole}"]),
        *_forgotten(settings),
    ]
    return page(outcomes[ABROAD], outcomes[HOME], HOLE, held, home.prefix), let_in


def _through_a_hole(settings: Settings, acting: Acting, abroad: Tenant) -> Outcome:
    """What the attempts find once a right too many was given."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{abroad.prefix}"
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": table}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = client(settings, "iam")
    iam.put_role_policy(RoleName=acting.role, PolicyName="hole", PolicyDocument=document)
    try:
        return tried(acting, attempts_on(abroad))
    finally:
        iam.delete_role_policy(RoleName=acting.role, PolicyName="hole")


def _without_rights() -> set[str]:
    """Functions that use nothing of AWS, and so may nothing anywhere."""
    functions = json.loads(FUNCTIONS.read_text())["functions"]
    return {function["name"] for function in functions if not function["rights"]}


def _forgotten(settings: Settings) -> list[str]:
    """What is left of one tenant once it was deleted, and what the other has lost by it."""
    here, there = (Deployed(STAGE, name, "", "", settings) for name in (HOME, ABROAD))
    before = possessions(here)
    left = forget(there)
    lost = set(before) - set(possessions(here))
    return [*(f"left of {ABROAD}: {one}" for one in left), *(f"lost with {ABROAD}: {one}" for one in lost)]


def _switch_off_queues(settings: Settings) -> None:
    functions = client(settings, "lambda")
    listed = functions.get_paginator("list_event_source_mappings").paginate()
    for mapping in [mapping for some in listed for mapping in some["EventSourceMappings"]]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
