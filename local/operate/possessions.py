"""All that bears a tenant's stage's name, asked of each service and not of the stacks: they forget what they keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operate.place import Place

RULE_SET = "cis"


@dataclass(frozen=True)
class Possession:
    kind: str
    name: str
    id: str = ""
    """How the service knows it, where that is not the name."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def possessions(place: Place) -> list[Possession]:
    return [one for one in _listed(place) if _is_ours(place, one.name)]


def _is_ours(place: Place, name: str) -> bool:
    """`cis-prod-acme` and `cis-prod-acme-inbox-…`, but nothing of the tenant acme2."""
    bare = name.removeprefix("/aws/lambda/").removeprefix("/aws/vendedlogs/apis/").removeprefix("alias/")
    # A query is in a folder.
    bare = bare.partition("/")[0]
    return bare == place.prefix or bare.startswith(f"{place.prefix}-")


def _listed(place: Place) -> Iterator[Possession]:
    for stack in _pages(place, "cloudformation", "list_stacks", "StackSummaries"):
        if stack["StackStatus"] != "DELETE_COMPLETE":
            yield Possession("stack", stack["StackName"])
    for name in _pages(place, "dynamodb", "list_tables", "TableNames"):
        yield Possession("table", name)
    for bucket in place.client("s3").list_buckets()["Buckets"]:
        yield Possession("bucket", bucket["Name"])
    for secret in _pages(place, "secretsmanager", "list_secrets", "SecretList"):
        yield Possession("secret", secret["Name"])
    for pool in _pages(place, "cognito-idp", "list_user_pools", "UserPools", MaxResults=60):
        yield Possession("user pool", pool["Name"], pool["Id"])
    for key in _pages(place, "kms", "list_keys", "Keys"):
        known = place.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if known["KeyState"] != "PendingDeletion" and f" {place.prefix} " in known.get("Description", ""):
            yield Possession("key", place.prefix, key["KeyId"])
    for prefix in ("/aws/lambda/", "/aws/vendedlogs/apis/"):
        groups = _pages(place, "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=f"{prefix}{place.prefix}")
        for group in groups:
            yield Possession("log group", group["logGroupName"])
    for url in _pages(place, "sqs", "list_queues", "QueueUrls", QueueNamePrefix=place.prefix):
        yield Possession("queue", url.rpartition("/")[2])
    for topic in _pages(place, "sns", "list_topics", "Topics"):
        yield Possession("topic", topic["TopicArn"].rpartition(":")[2])
    for function in _pages(place, "lambda", "list_functions", "Functions"):
        yield Possession("function", function["FunctionName"])
    for role in _pages(place, "iam", "list_roles", "Roles"):
        yield Possession("role", role["RoleName"])
    for api in place.client("apigatewayv2").get_apis()["Items"]:
        yield Possession("API", api["Name"])
    for alarm in _pages(place, "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=place.prefix):
        yield Possession("alarm", alarm["AlarmName"])
    for name in place.client("sesv2").list_configuration_sets().get("ConfigurationSets", []):
        yield Possession("configuration set", name)
    for rule in _rules(place):
        yield Possession("receipt rule", rule["Name"])
    if place.settings is None:
        yield from _on_aws_only(place)


def _on_aws_only(place: Place) -> Iterator[Possession]:
    """What the local cloud does not have."""
    queries = place.client("logs").describe_query_definitions(queryDefinitionNamePrefix=place.prefix)
    for query in queries["queryDefinitions"]:
        yield Possession("log query", query["name"])
    for operation, key, name in (
        ("list_ingress_points", "IngressPoints", "IngressPointName"),
        ("list_rule_sets", "RuleSets", "RuleSetName"),
        ("list_traffic_policies", "TrafficPolicies", "TrafficPolicyName"),
        ("list_relays", "Relays", "RelayName"),
    ):
        for one in _pages(place, "mailmanager", operation, key):
            yield Possession("part of Mail Manager", one[name])


def _rules(place: Place) -> list[dict[str, Any]]:
    ses = place.client("ses")
    try:
        return ses.describe_receipt_rule_set(RuleSetName=RULE_SET).get("Rules", [])
    except ses.exceptions.RuleSetDoesNotExistException:
        return []


def _pages(place: Place, service: str, operation: str, key: str, **request: Any) -> Iterator[Any]:
    for page in place.client(service).get_paginator(operation).paginate(**request):
        yield from page.get(key, [])
