"""What only AWS has is asked to the last page, and only what is this tenant's is his."""

from types import SimpleNamespace
from typing import Any

from operate.place import Place
from operate.possessions import possessions

OURS, OTHERS = "cis-prod-acme", "cis-prod-acme2"
# Each page of each operation, as its service answers; what is not named answers nothing.
PAGES: dict[str, list[dict[str, Any]]] = {
    "get_apis": [{"Items": [{"Name": OTHERS}]}, {"Items": [{"Name": f"{OURS}-api"}]}],
    "list_configuration_sets": [{"ConfigurationSets": [OTHERS]}, {"ConfigurationSets": [OURS]}],
    "describe_query_definitions": [{"queryDefinitions": []}, {"queryDefinitions": [{"name": f"{OURS}/errors"}]}],
    "list_dashboards": [{"DashboardEntries": [{"DashboardName": OURS}, {"DashboardName": OTHERS}]}],
    "list_applications": [{"applications": [f"{OTHERS}-api"]}, {"applications": [f"{OURS}-api"]}],
    "describe_budgets": [{"Budgets": [{"BudgetName": OTHERS}]}, {"Budgets": [{"BudgetName": OURS}]}],
    "list_email_identities": [
        {"EmailIdentities": [{"IdentityName": "acme2.example"}]},
        {"EmailIdentities": [{"IdentityName": "acme.example"}, {"IdentityName": "untagged.example"}]},
    ],
}
IDENTITIES = {
    "acme.example": {"Tags": [{"Key": "cis:place", "Value": "prod-acme"}]},
    "acme2.example": {"Tags": [{"Key": "cis:place", "Value": "prod-acme2"}], "ConfigurationSetName": OTHERS},
    "untagged.example": {"ConfigurationSetName": OURS},
}


class Service:
    """Of every service at once. Pages are numbered by their tokens."""

    def __getattr__(self, operation: str) -> Any:
        def ask(**request: Any) -> dict[str, Any]:
            pages = PAGES.get(operation, [{}])
            at = int(request.get("NextToken") or request.get("nextToken") or 0)
            more = str(at + 1) if at + 1 < len(pages) else ""
            return {**pages[at], "NextToken": more, "nextToken": more}

        return ask

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: PAGES.get(operation, []))

    def list_buckets(self) -> dict[str, Any]:
        return {"Buckets": []}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "222222222222"}

    def get_email_identity(self, *, EmailIdentity: str) -> dict[str, Any]:
        return IDENTITIES[EmailIdentity]


def test_everything_is_asked_and_nothing_of_the_neighbours_is_taken() -> None:
    place = Place("prod", "acme", "us-east-1", "")
    object.__setattr__(place, "_new_client", lambda _service: Service())
    assert sorted((one.kind, one.name, one.id) for one in possessions(place)) == sorted(
        [
            ("API", f"{OURS}-api", ""),
            ("configuration set", OURS, ""),
            ("log query", f"{OURS}/errors", ""),
            ("dashboard", OURS, ""),
            ("CodeDeploy application", f"{OURS}-api", ""),
            ("budget", OURS, ""),
            ("SES identity", OURS, "acme.example"),
            ("SES identity", OURS, "untagged.example"),
        ]
    )
