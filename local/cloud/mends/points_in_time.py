"""Point-in-time recovery of a global table deployed by CloudFormation. MiniStack keeps it only from its API."""

from typing import Any


def apply() -> None:
    from ministack.services import dynamodb as tables
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    stock_create, stock_update = handlers["create"], handlers["update"]

    def keep(table: str, properties: dict[str, Any]) -> None:
        replicas = properties.get("Replicas") or [{}]
        asked = replicas[0].get("PointInTimeRecoverySpecification") or {}
        # As a template may write it: true or "true".
        tables._pitr_settings[table] = str(asked.get("PointInTimeRecoveryEnabled", False)).lower() == "true"

    def create(logical_id: str, properties: dict, stack: str) -> Any:
        table, attributes = stock_create(logical_id, properties, stack)
        keep(table, properties)
        return table, attributes

    def update(physical_id: str, old: dict, new: dict, stack: str) -> Any:
        table, attributes = stock_update(physical_id, old, new, stack)
        keep(table, new)
        return table, attributes

    handlers.update(create=create, update=update)
