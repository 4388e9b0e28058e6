"""`scripts/forget-tenant`: deletes a tenant's stage with all its data, and shows that nothing is left."""

import argparse
import sys
import time
from typing import Any

from operate.place import Place, add_place, place_of
from operate.possessions import Possession, possessions
from stack.progress import say, step, warn
from stack.settings import Refusal

# From what only watches back to what everything stands on.
PARTS = ("watch", "pipeline", "api", "mail", "data")
PATIENCE_SECS = 3600.0
# The least AWS allows.
KEY_WAITS_DAYS = 7
OBJECTS_AT_ONCE = 1000


def main() -> int:
    arguments = _arguments()
    try:
        place = place_of(arguments, "operate.forget")
        if arguments.really is None:
            return show(place)
        if arguments.really != place.prefix:
            raise Refusal(f"--really {arguments.really} is not {place.prefix}: nothing was deleted")
        left = forget(place)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    for one in left:
        say(f"✗ {one}")
    say(f"{len(left)} things are left of {place.prefix}." if left else f"✓ Nothing is left of {place.prefix}.")
    return 1 if left else 0


def show(place: Place) -> int:
    """0 only if there is nothing."""
    found = possessions(place)
    for one in found:
        say(str(one))
    say(f"\n{len(found)} things are {place.prefix}'s. To delete them, data and all: --really {place.prefix}")
    return 1 if found else 0


def forget(place: Place) -> list[Possession]:
    """What is left, asked anew of each service."""
    for part in PARTS:
        _delete_stack(place, f"{place.prefix}-{part}")
    for one in possessions(place):
        delete = {
            "table": _delete_table,
            "bucket": _delete_bucket,
            "secret": _delete_secret,
            "user pool": _delete_users,
            "key": _delete_key,
            "log group": _delete_logs,
        }.get(one.kind)
        if delete is not None:
            with step(f"delete {one}"):
                delete(place, one)
    return possessions(place)


def _delete_stack(place: Place, name: str) -> None:
    stacks = place.client("cloudformation")
    if not any(one.kind == "stack" and one.name == name for one in possessions(place)):
        return
    with step(f"delete the stack {name}"):
        stacks.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        stack_id = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        stacks.delete_stack(StackName=name)
        deadline = time.monotonic() + PATIENCE_SECS
        while (status := stacks.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]) != "DELETE_COMPLETE":
            if status == "DELETE_FAILED" or time.monotonic() > deadline:
                raise Refusal(f"{name} is {status}: look at its events, then run this again")
            time.sleep(0.5)


def _delete_table(place: Place, one: Possession) -> None:
    tables = place.client("dynamodb")
    # Else AWS keeps a backup of it for 35 days.
    tables.update_continuous_backups(
        TableName=one.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    tables.update_table(TableName=one.name, DeletionProtectionEnabled=False)
    tables.delete_table(TableName=one.name)
    tables.get_waiter("table_not_exists").wait(TableName=one.name, WaiterConfig={"Delay": 2, "MaxAttempts": 300})


def _delete_bucket(place: Place, one: Possession) -> None:
    """With every version of every object: a deleted mail is one still."""
    objects = place.client("s3")
    for page in objects.get_paginator("list_object_versions").paginate(Bucket=one.name):
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        named = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in listed]
        for start in range(0, len(named), OBJECTS_AT_ONCE):
            some = {"Objects": named[start : start + OBJECTS_AT_ONCE], "Quiet": True}
            if failed := objects.delete_objects(Bucket=one.name, Delete=some).get("Errors"):
                raise Refusal(f"{one}: {failed[0]['Code']} for {len(failed)} objects")
    objects.delete_bucket(Bucket=one.name)


def _delete_secret(place: Place, one: Possession) -> None:
    place.client("secretsmanager").delete_secret(SecretId=one.name, ForceDeleteWithoutRecovery=True)


def _delete_users(place: Place, one: Possession) -> None:
    users: Any = place.client("cognito-idp")
    users.update_user_pool(UserPoolId=one.id, DeletionProtection="INACTIVE")
    users.delete_user_pool(UserPoolId=one.id)


def _delete_key(place: Place, one: Possession) -> None:
    place.client("kms").schedule_key_deletion(KeyId=one.id, PendingWindowInDays=KEY_WAITS_DAYS)


def _delete_logs(place: Place, one: Possession) -> None:
    place.client("logs").delete_log_group(logGroupName=one.name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/forget-tenant",
        description="Without --really: shows all that bears the name of a tenant's stage, and changes nothing; 0 only "
        "if that is nothing. With it: deletes the stacks, then the data they keep (table, mails, users, secret, key, "
        "logs), for good, and asks each service once more.",
    )
    add_place(parser)
    parser.add_argument("--really", metavar="NAME", help="delete it; NAME is cis-<stage>-<tenant>, written out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
