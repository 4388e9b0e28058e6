"""Whether a stage stands as it was deployed. Looking takes rights to read all of it: CDK's lookup role has them."""

from dataclasses import replace
from pathlib import Path

from release.described import described
from release.place import Place
from stack.settings import Refusal

# The name all accounts are bootstrapped with, as in infra/lib/stacks/release-roles.ts.
BOOTSTRAPPED_AS = "hnb659fds"
# AWS compares a stack in half a minute or so, and ends the session of a role that another has become after an hour.
STACKS_AT_ONCE = 40
# Whatever else says who one is would be asked before the keys or beside them.
OTHER_CREDENTIALS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def drift(place: Place, assembly: Path, stage: str) -> None:
    """Refuses with what differs. The account's stack is looked at, too: all tenants' mail goes through its rule set."""
    there = described(assembly, stage, place.where)
    stacks = [*there.account_stacks, *there.tenant_stacks]
    against = []
    for start in range(0, len(stacks), STACKS_AT_ONCE):
        some = stacks[start : start + STACKS_AT_ONCE]
        try:
            looking(place).cdk("drift", *some, "--fail", "--app", str(assembly))
        except Refusal as refusal:
            against.append(str(refusal))
    if against:
        raise Refusal("\n".join(against))


def looking(place: Place) -> Place:
    """`cdk deploy` becomes CDK's roles by itself; `cdk drift` asks with whatever credentials it finds."""
    from botocore.exceptions import BotoCoreError, ClientError

    role = f"arn:aws:iam::{place.account}:role/cdk-{BOOTSTRAPPED_AS}-lookup-role-{place.account}-{place.region}"
    try:
        given = place.client("sts").assume_role(RoleArn=role, RoleSessionName="cis-drift")["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise Refusal(
            f"{role} cannot be assumed: {error}. It takes credentials of the stage's drift or deploy role, "
            "in an account that `cdk bootstrap` has prepared"
        ) from error
    environment = {name: value for name, value in place.environment.items() if name not in OTHER_CREDENTIALS}
    environment |= {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    return replace(place, environment=environment)
