"""The keys of the user pool are fetched over TLS when the gateway speaks TLS.

MiniStack asks itself by http:// even then, fails, and answers every valid token with 401.
"""


def apply() -> None:
    from ministack.core import tls
    from ministack.services import apigateway

    stock = apigateway._resolve_jwks_url

    async def over_tls(authorizer: dict) -> str | None:
        url = await stock(authorizer)
        own = f"http://{apigateway._HOST}:{apigateway._PORT}/"
        if url and tls.use_ssl_enabled() and url.startswith(own):
            return "https://" + url.removeprefix("http://")
        return url

    apigateway._resolve_jwks_url = over_tls
