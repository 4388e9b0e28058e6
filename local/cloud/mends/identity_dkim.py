"""The DKIM records of an SES identity as CloudFormation attributes.

A stack outputs `DkimDNSTokenName1` and its like for the owner of the domain; MiniStack returns none.
"""

from typing import Any


def apply() -> None:
    from ministack.services import ses
    from ministack.services.cloudformation import provisioners

    def dkim_attributes(identity: str) -> dict[str, str]:
        attributes: dict[str, str] = {}
        if "@" in identity:
            return attributes
        for number, token in enumerate(ses._dkim_tokens(identity), start=1):
            attributes[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
            attributes[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
        return attributes

    handlers = provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]
    for operation in ("create", "update"):
        stock = handlers[operation]

        def with_dkim(*arguments: Any, stock: Any = stock, **named: Any) -> tuple[str, dict[str, Any]]:
            identity, attributes = stock(*arguments, **named)
            return identity, {**attributes, **dkim_attributes(identity)}

        handlers[operation] = with_dkim
