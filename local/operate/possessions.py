"""All that bears a tenant's stage's name, asked of each service and not of the stacks: they forget what they keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operate.place import Place

RULE_SET = "cis"
# As infra/lib/names.ts has it.
PLACE_TAG = "cis:place"


@dataclass(frozen=True)
class Possession:
    kind: str
    name: str
    id: str = ""
    """How the service knows it, where that is not the name."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}{f' ({self.id})' if self.id else ''}"


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
    for api in _pages(place, "apigatewayv2", "get_apis", "Items"):
        yield Possession("API", api["Name"])
    for alarm in _pages(place, "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=place.prefix):
        yield Possession("alarm", alarm["AlarmName"])
    for name in _all(place, "sesv2", "list_configuration_sets", "ConfigurationSets", "NextToken"):
        yield Possession("configuration set", name)
    for rule in _rules(place):
        yield Possession("receipt rule", rule["Name"])
    if place.settings is None:
        yield from _on_aws_only(place)


def _on_aws_only(place: Place) -> Iterator[Possession]:
    """What the local cloud does not have, or has nothing of."""
    queries = _all(
        place,
        "logs",
        "describe_query_definitions",
        "queryDefinitions",
        "nextToken",
        queryDefinitionNamePrefix=place.prefix,
    )
    for query in queries:
        yield Possession("log query", query["name"])
    for dashboard in _pages(
        place, "cloudwatch", "list_dashboards", "DashboardEntries", DashboardNamePrefix=place.prefix
    ):
        yield Possession("dashboard", dashboard["DashboardName"])
    for name in _pages(place, "codedeploy", "list_applications", "applications"):
        yield Possession("CodeDeploy application", name)
    account = place.client("sts").get_caller_identity()["Account"]
    for budget in _pages(place, "budgets", "describe_budgets", "Budgets", AccountId=account):
        yield Possession("budget", budget["BudgetName"])
    yield from _identities(place)
    for operation, key, name in (
        ("list_ingress_points", "IngressPoints", "IngressPointName"),
        ("list_rule_sets", "RuleSets", "RuleSetName"),
        ("list_traffic_policies", "TrafficPolicies", "TrafficPolicyName"),
        ("list_relays", "Relays", "RelayName"),
    ):
        for one in _pages(place, "mailmanager", operation, key):
            yield Possession("part of Mail Manager", one[name])


def _identities(place: Place) -> Iterator[Possession]:
    """Domains bear no name of ours: whose one is, its tag says, or the configuration set it sends by."""
    mail = place.client("sesv2")
    for listed in _all(place, "sesv2", "list_email_identities", "EmailIdentities", "NextToken"):
        known = mail.get_email_identity(EmailIdentity=listed["IdentityName"])
        tags = {tag["Key"]: tag["Value"] for tag in known.get("Tags", [])}
        of_tag = tags.get(PLACE_TAG) == f"{place.stage}-{place.tenant}"
        if of_tag or known.get("ConfigurationSetName") == place.prefix:
            yield Possession("SES identity", place.prefix, listed["IdentityName"])


def _rules(place: Place) -> list[dict[str, Any]]:
    ses = place.client("ses")
    try:
        return ses.describe_receipt_rule_set(RuleSetName=RULE_SET).get("Rules", [])
    except ses.exceptions.RuleSetDoesNotExistException:
        return []


def _pages(place: Place, service: str, operation: str, key: str, **request: Any) -> Iterator[Any]:
    for page in place.client(service).get_paginator(operation).paginate(**request):
        yield from page.get(key, [])


def _all(place: Place, service: str, operation: str, key: str, token: str, **request: Any) -> Iterator[Any]:
    """For what botocore turns no pages of."""
    ask = getattr(place.client(service), operation)
    while True:
        page = ask(**request)
        yield from page.get(key, [])
        if not page.get(token):
            return
        request[token] = page[token]
