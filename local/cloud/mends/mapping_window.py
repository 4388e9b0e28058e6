"""The windows of an event source mapping deployed by CloudFormation. MiniStack keeps them only from its API."""

from typing import Any


def apply() -> None:
    from ministack.services import lambda_svc as functions
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    stock_create, stock_update = handlers["create"], handlers["update"]

    def keep(mapping_id: str, properties: dict[str, Any]) -> None:
        for window in ("MaximumBatchingWindowInSeconds", "TumblingWindowInSeconds"):
            functions._esms[mapping_id][window] = int(properties.get(window) or 0)

    def create(logical_id: str, properties: dict, stack: str) -> Any:
        mapping_id, attributes = stock_create(logical_id, properties, stack)
        keep(mapping_id, properties)
        return mapping_id, attributes

    def update(physical_id: str, old: dict, new: dict, stack: str) -> Any:
        mapping_id, attributes = stock_update(physical_id, old, new, stack)
        keep(mapping_id, new)
        return mapping_id, attributes

    handlers.update(create=create, update=update)
