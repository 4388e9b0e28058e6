"""HTTP requests to the local stack: its certificate is trusted, the machine's proxies are not asked."""

import ssl
from http.client import HTTPResponse
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from stack.settings import Settings


def context_of(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.certificate))


def open_url(request: Request | str, settings: Settings, timeout_secs: float = 60) -> HTTPResponse:
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context_of(settings)))
    return opener.open(request, timeout=timeout_secs)
