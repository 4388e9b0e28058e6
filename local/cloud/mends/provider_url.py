"""`ProviderURL` of a Cognito user pool: the issuer an API's JWT authorizer is given. MiniStack gives its name only."""


def apply() -> None:
    from ministack.services.cloudformation import provisioners

    stock = provisioners._cognito_user_pool_attributes

    def with_provider_url(pool_id: str) -> dict[str, str]:
        attributes = stock(pool_id)
        return {**attributes, "ProviderURL": "https://" + attributes["ProviderName"]}

    provisioners._cognito_user_pool_attributes = with_provider_url
