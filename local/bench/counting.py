"""Which call of AWS an HTTP request is, and who made it; and how often each was made. Pure: bytes in, values out."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
# AWS_SDK_UA_APP_ID of a process.
APP = re.compile(r"\bapp/([\w-]+)")
SES_PATHS = {"/v2/email/outbound-emails": "SendEmail"}


@dataclass(frozen=True)
class Asked:
    """A call: by whom (what it calls itself, or else the access key it signs with), of which service, which operation,
    and whether it is a repetition."""

    by: str
    service: str
    operation: str
    is_retry: bool = False


def asked(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """`target` is path and query; names of `headers` are in lower case."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query, keep_blank_values=True).items()}
    signed = headers.get("authorization", "")
    if not signed and "X-Amz-Credential" in query:
        signed = f"Credential={query['X-Amz-Credential']}"
    found = SCOPE.search(signed)
    key, service = (found["key"], found["service"]) if found else ("", "unsigned")
    named = APP.search(headers.get("x-amz-user-agent") or headers.get("user-agent", ""))
    retry = "attempt=1" not in headers.get("amz-sdk-request", "attempt=1")
    return Asked(named[1] if named else key, service, _operation(service, method, target, query, headers, body), retry)


def _operation(
    service: str, method: str, target: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> str:
    if named := headers.get("x-amz-target"):
        return named.rpartition(".")[2]
    path = urlsplit(target).path
    if service == "s3":
        return _s3_operation(method, query)
    if service == "ses":
        return SES_PATHS.get(path, f"{method} {path}")
    action = parse_qs(body[:2048].decode("latin-1")).get("Action")
    return action[0] if action else f"{method} {path}"


def _s3_operation(method: str, query: Mapping[str, str]) -> str:
    if method == "POST":
        return "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload"
    if method == "PUT":
        return "UploadPart" if "partNumber" in query else "PutObject"
    return {"GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, method)


@dataclass
class Count:
    requests: int = 0
    retries: int = 0
    failed: int = 0
    read_units: float = 0.0
    write_units: float = 0.0

    def add(self, other: "Count") -> None:
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Counts:
    """By function, service and operation; and how often each item was written."""

    by_call: dict[tuple[str, str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    writes_of_item: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def of(self, service: str = "", operation: str = "", function: str = "") -> Count:
        """All that are of these, of any where nothing is said."""
        whole = Count()
        for (by, of, what), count in self.by_call.items():
            if service in ("", of) and operation in ("", what) and function in ("", by):
                whole.add(count)
        return whole

    def rows(self) -> Iterable[tuple[str, str, str, Count]]:
        for (function, service, operation), count in sorted(self.by_call.items()):
            yield function, service, operation, count
