"""What stands on a stack: its resources by their physical ids, its data, and what nobody could work off."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stack.clients import client
from stack.settings import ACCOUNT, STACKS, TABLE, Settings

# What holds data, or is known to others by its id. A new one of these is a loss, whatever its name.
STATEFUL = {
    # Its host stands in the links of letters that were sent.
    "AWS::ApiGatewayV2::Api",
    "AWS::Cognito::UserPool",
    # Programs ask for tokens by its id.
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SES::EmailIdentity",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}
INBOX = f"{STACKS}-inbox-{ACCOUNT}"
PARTS = ("data", "mail", "api", "pipeline", "watch")


@dataclass(frozen=True)
class Standing:
    """`resources`: stack and logical id to type and physical id. `made`: when what has a name of its own was made."""

    resources: dict[tuple[str, str], tuple[str, str]]
    made: dict[str, str]
    items: dict[tuple[str, str], str]
    mails: dict[str, str]
    secret: str

    @property
    def stateful(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {place: resource for place, resource in self.resources.items() if resource[0] in STATEFUL}


def look(stage: Settings) -> Standing:
    return Standing(
        resources=dict(_resources(stage)),
        made=_made(stage),
        items=items(stage),
        mails=_mails(stage),
        secret=_secret(stage),
    )


def replaced(before: Standing, now: Standing) -> Iterator[str]:
    for (stack, name), (kind, identity) in before.stateful.items():
        found = now.resources.get((stack, name))
        if found is None:
            yield f"{name} ({kind}) of {stack} is gone"
        elif found != (kind, identity):
            yield f"{name} ({kind}) of {stack} was {identity} and is {found[1]}"
    for name, date in before.made.items():
        if now.made.get(name) != date:
            yield f"{name} was made anew"
    if before.secret != now.secret:
        yield "the key of reply addresses is another"


def lost(before: Standing, now: Standing, quiet_uid: str) -> Iterator[str]:
    """What nobody touched is the same to the byte; what people work on is at least there."""
    for key, item in before.items.items():
        if key not in now.items:
            yield f"the item {key[0].split('#')[0]} / {key[1].split('#')[0]} is gone"
        elif key[0] == f"event#{quiet_uid}" and now.items[key] != item:
            yield f"the item {key[1].split('#')[0]} of an event nobody touched has changed"
    for mail, tag in before.mails.items():
        if now.mails.get(mail) != tag:
            yield "a mail in the inbox is gone or another"


def items(stage: Settings) -> dict[tuple[str, str], str]:
    """Each item of the table by its key, as text that is the same for the same item."""
    pages = client(stage, "dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return {
        (item["pk"]["S"], item["sk"]["S"]): json.dumps(item, sort_keys=True, default=str)
        for page in pages
        for item in page["Items"]
    }


def left_over(stage: Settings) -> dict[str, int]:
    """Queues of dead letters that are not empty, and how many each holds."""
    queues = client(stage, "sqs")
    pages = queues.get_paginator("list_queues").paginate(QueueNamePrefix=f"{STACKS}-")
    found = {}
    for url in (url for page in pages for url in page.get("QueueUrls", [])):
        if url.endswith("-dlq"):
            said = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            if count := int(said["Attributes"]["ApproximateNumberOfMessages"]):
                found[url.rsplit("/", 1)[-1]] = count
    return found


def waiting(stage: Settings, function: str) -> int:
    """Messages that wait for a function."""
    queues = client(stage, "sqs")
    url = queues.get_queue_url(QueueName=f"{STACKS}-{function}")["QueueUrl"]
    said = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(said["Attributes"]["ApproximateNumberOfMessages"])


@dataclass(frozen=True)
class Announced:
    """What CloudFormation says it would do. `against` is what it would make anew or take away of what must stay."""

    changes: int
    against: list[str]


def announced(stage: Settings, change_set: str) -> Announced:
    changes = [
        (stack, one["ResourceChange"])
        for stack in (f"{STACKS}-{part}" for part in PARTS)
        for one in _changes(stage, stack, change_set)
        if "ResourceChange" in one
    ]
    against = []
    for stack, change in changes:
        what = f"{change['LogicalResourceId']} ({change['ResourceType']}) of {stack}"
        if change["ResourceType"] in STATEFUL and change["Action"] == "Remove":
            against.append(f"{what} would be removed")
        elif change["ResourceType"] in STATEFUL and change.get("Replacement") in ("True", "Conditional"):
            against.append(f"{what} would be replaced")
    return Announced(len(changes), against)


def _changes(stage: Settings, stack: str, change_set: str) -> list[dict[str, Any]]:
    formation = client(stage, "cloudformation")
    try:
        return formation.describe_change_set(StackName=stack, ChangeSetName=change_set)["Changes"]
    except formation.exceptions.ClientError as error:
        # CDK leaves none behind where nothing would change.
        if error.response["Error"]["Code"] not in ("ChangeSetNotFound", "ChangeSetNotFoundException"):
            raise
        return []


def _resources(stage: Settings) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    pages = client(stage, "cloudformation").get_paginator("list_stack_resources")
    for stack in (f"{STACKS}-{part}" for part in PARTS):
        for page in pages.paginate(StackName=stack):
            for one in page["StackResourceSummaries"]:
                yield (stack, one["LogicalResourceId"]), (one["ResourceType"], one.get("PhysicalResourceId", ""))


def _made(stage: Settings) -> dict[str, str]:
    """A table or bucket made anew under its old name is given away by its date."""
    table: Any = client(stage, "dynamodb").describe_table(TableName=TABLE)["Table"]
    buckets = client(stage, "s3").list_buckets()["Buckets"]
    dates = {bucket["Name"]: str(bucket["CreationDate"]) for bucket in buckets if bucket["Name"].startswith(STACKS)}
    return {**dates, "table": f"{table['CreationDateTime']} {table.get('TableId', '')}"}


def _mails(stage: Settings) -> dict[str, str]:
    pages = client(stage, "s3").get_paginator("list_objects_v2").paginate(Bucket=INBOX)
    return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}


def _secret(stage: Settings) -> str:
    """The digest alone: what signs reply addresses is nobody's to print."""
    value = client(stage, "secretsmanager").get_secret_value(SecretId=f"{STACKS}-tenant-key")
    return hashlib.sha256(value["SecretString"].encode()).hexdigest()
