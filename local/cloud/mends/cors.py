"""The CORS settings of an HTTP API deployed by CloudFormation.

Templates write `AllowOrigins`, MiniStack's API reads `allowOrigins` and stores what the template wrote: every browser
was refused.
"""

from typing import Any


def apply() -> None:
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    stock_create, stock_update = handlers["create"], handlers["update"]

    def as_api_keys(properties: dict[str, Any]) -> dict[str, Any]:
        cors = properties.get("CorsConfiguration")
        if not isinstance(cors, dict):
            return properties
        return {**properties, "CorsConfiguration": {key[:1].lower() + key[1:]: value for key, value in cors.items()}}

    def create(logical_id: str, properties: dict, stack: str) -> Any:
        return stock_create(logical_id, as_api_keys(properties), stack)

    def update(physical_id: str, old: dict, new: dict, stack: str, logical_id: Any = None) -> Any:
        return stock_update(physical_id, as_api_keys(old), as_api_keys(new), stack, logical_id)

    handlers.update(create=create, update=update)
