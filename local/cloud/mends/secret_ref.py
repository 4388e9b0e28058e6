"""`Ref` of a secret is its ARN.

MiniStack returns the name, so `Secret.secretArn` in a template became a name and IAM statements on it granted nothing.
"""

from typing import Any


def apply() -> None:
    from ministack.services.cloudformation import provisioners

    stock_create = provisioners._sm_secret_create
    stock_update = provisioners._sm_secret_update
    stock_delete = provisioners._sm_secret_delete

    def name_of(physical_id: str) -> str:
        if not physical_id.startswith("arn:"):
            return physical_id
        return physical_id.split(":secret:", 1)[1].rsplit("-", 1)[0]

    def create(logical_id: str, properties: dict, stack: str) -> tuple[str, dict]:
        _name, attributes = stock_create(logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(physical_id: str, old: dict, new: dict, stack: str, logical_id: Any = None) -> tuple[str, dict]:
        _name, attributes = stock_update(name_of(physical_id), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"].update(
        create=create,
        update=update,
        delete=lambda physical_id, properties: stock_delete(name_of(physical_id), properties),
    )
