"""Every right somebody has in the deployed stack, and how to take it away and give it back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stack.clients import client
from stack.settings import ACCOUNT, REGION, STACKS, Settings

Statement = dict[str, Any]


@dataclass(frozen=True)
class Right:
    """One statement of one policy."""

    kind: str
    """Of what the policy is: `role`, `queue`, `topic` or `bucket`."""
    holder: str
    """The function's, queue's or topic's name without the stack's prefix."""
    resource: str
    """How AWS knows the holder of the policy: role, queue URL, topic ARN, bucket."""
    policy: str
    """The inline policy's name; empty for resource policies, of which there is one."""
    statement: str
    """JSON."""

    @property
    def name(self) -> str:
        parsed = json.loads(self.statement)
        sid = parsed.get("Sid") or ", ".join(_listed(parsed.get("Action")))
        sources = [value for test in parsed.get("Condition", {}).values() for value in test.values()]
        source = " from ".join(["", *(str(value).rsplit(":", 1)[-1] for value in sources if "arn:" in str(value))])
        return f"{self.kind} {self.holder}: {sid}{source}"

    @property
    def actions(self) -> str:
        return ", ".join(_listed(json.loads(self.statement).get("Action")))

    @property
    def topic(self) -> str:
        """The topic it lets somebody publish to, or by which a queue is reached; empty where it is about no topic."""
        statement = json.loads(self.statement)
        if self.kind == "role" and self.sid.startswith("Topic"):
            named = _listed(statement["Resource"])
        elif self.kind == "queue":
            named = [value for test in statement.get("Condition", {}).values() for value in test.values()]
        else:
            return ""
        topics = [arn.rsplit(":", 1)[-1] for arn in map(str, named) if ":sns:" in arn]
        return topics[0].removeprefix(f"{STACKS}-") if topics else ""

    @property
    def is_deny(self) -> bool:
        return json.loads(self.statement)["Effect"] == "Deny"

    @property
    def sid(self) -> str:
        return json.loads(self.statement).get("Sid", "")


def rights(settings: Settings) -> Iterator[Right]:
    """In the order of the functions' names, then queues, topics, bucket."""
    yield from _of_roles(settings)
    for kind, resource, holder in _resources(settings):
        document = json.loads(_resource_policy(settings, kind, resource) or '{"Statement": []}')
        for statement in document["Statement"]:
            yield Right(kind, holder, resource, "", json.dumps(statement, sort_keys=True))


def documents(settings: Settings, right: Right) -> tuple[str, str]:
    """The policy as it is, and without this statement."""
    if right.kind == "role":
        document = client(settings, "iam").get_role_policy(RoleName=right.resource, PolicyName=right.policy)
        whole = document["PolicyDocument"]
        whole = whole if isinstance(whole, dict) else json.loads(whole)
    else:
        whole = json.loads(_resource_policy(settings, right.kind, right.resource))
    kept = [one for one in whole["Statement"] if json.dumps(one, sort_keys=True) != right.statement]
    if len(kept) + 1 != len(whole["Statement"]):
        raise LookupError(f"{right.name} is not in its policy any more")
    return json.dumps(whole), json.dumps({**whole, "Statement": kept})


def put(settings: Settings, right: Right, document: str) -> None:
    """Writes the policy; without any statement it is deleted, because AWS takes no empty one."""
    is_empty = not json.loads(document)["Statement"]
    if right.kind == "role":
        iam, name = client(settings, "iam"), {"RoleName": right.resource, "PolicyName": right.policy}
        iam.delete_role_policy(**name) if is_empty else iam.put_role_policy(**name, PolicyDocument=document)
    elif right.kind == "queue":
        attributes = {"Policy": "" if is_empty else document}
        client(settings, "sqs").set_queue_attributes(QueueUrl=right.resource, Attributes=attributes)
    elif right.kind == "topic":
        sns, name = client(settings, "sns"), {"TopicArn": right.resource, "AttributeName": "Policy"}
        sns.set_topic_attributes(**name, AttributeValue=document)
    else:
        s3 = client(settings, "s3")
        if is_empty:
            s3.delete_bucket_policy(Bucket=right.resource)
        else:
            s3.put_bucket_policy(Bucket=right.resource, Policy=document)


def start_anew(settings: Settings, right: Right) -> None:
    """What a function reads at its start (the tenant's key) is only missed by a process that starts."""
    if right.kind != "role":
        return
    functions, name = client(settings, "lambda"), f"{STACKS}-{right.holder}"
    # The local cloud starts a function anew when its memory is set, to whatever value.
    memory = functions.get_function_configuration(FunctionName=name)["MemorySize"]
    functions.update_function_configuration(FunctionName=name, MemorySize=memory)


def _of_roles(settings: Settings) -> Iterator[Right]:
    iam = client(settings, "iam")
    pages = client(settings, "lambda").get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    for function in sorted(functions, key=lambda function: function["FunctionName"]):
        name = function["FunctionName"]
        if not name.startswith(f"{STACKS}-"):
            continue
        role = function["Role"].rsplit("/", 1)[-1]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        if attached:
            raise LookupError(f"{role} has managed policies, which nobody wrote for it: {attached}")
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            document = document if isinstance(document, dict) else json.loads(document)
            for statement in document["Statement"]:
                holder = name.removeprefix(f"{STACKS}-")
                yield Right("role", holder, role, policy, json.dumps(statement, sort_keys=True))


def _resources(settings: Settings) -> Iterator[tuple[str, str, str]]:
    queues = client(settings, "sqs").list_queues(QueueNamePrefix=f"{STACKS}-").get("QueueUrls", [])
    for url in sorted(queues):
        yield "queue", url, url.rsplit("/", 1)[-1].removeprefix(f"{STACKS}-")
    pages = client(settings, "sns").get_paginator("list_topics").paginate()
    topics = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    prefix = f"arn:aws:sns:{REGION}:{ACCOUNT}:{STACKS}-"
    for arn in sorted(arn for arn in topics if arn.startswith(prefix)):
        yield "topic", arn, arn.removeprefix(prefix)
    yield "bucket", f"{STACKS}-inbox-{ACCOUNT}", "inbox"


def _resource_policy(settings: Settings, kind: str, resource: str) -> str:
    if kind == "queue":
        answer = client(settings, "sqs").get_queue_attributes(QueueUrl=resource, AttributeNames=["Policy"])
        return answer.get("Attributes", {}).get("Policy", "")
    if kind == "topic":
        answer = client(settings, "sns").get_topic_attributes(TopicArn=resource)
        return answer["Attributes"].get("Policy", "")
    s3 = client(settings, "s3")
    try:
        return s3.get_bucket_policy(Bucket=resource)["Policy"]
    except s3.exceptions.from_code("NoSuchBucketPolicy"):
        return ""


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)]
