"""What counted work costs, by the table of prices. Pure."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.counting import Counts

PRICES = Path(__file__).parent / "prices.json"
MILLION = 1_000_000
S3_READS = {"GetObject", "HeadObject"}
# Without a charge: aborted uploads and deletions.
S3_FREE = {"DeleteObject", "AbortMultipartUpload"}


@dataclass(frozen=True)
class Invoked:
    """Work of one function: calls of it, GB-seconds, bytes of logs. `is_queued` ones are fetched from their queue and
    removed from it by Lambda, at the account's cost."""

    function: str
    invocations: int
    gb_seconds: float
    log_bytes: int
    is_queued: bool


@dataclass(frozen=True)
class Cost:
    what: str
    quantity: float
    unit: str
    price: float

    @property
    def dollars(self) -> float:
        return self.quantity * self.price


def prices() -> dict[str, Any]:
    return json.loads(PRICES.read_text())


def costs(counts: Counts, invoked: list[Invoked], invitations: int, price: dict[str, Any]) -> list[Cost]:
    """Of a million invitations, when this much was counted for so many; everything but SES's own price."""
    scale = MILLION / invitations
    dynamodb, sqs, sns, secrets = (counts.of(service) for service in ("dynamodb", "sqs", "sns", "secretsmanager"))
    s3_reads = sum(counts.of("s3", operation).requests for operation in S3_READS)
    s3_free = sum(counts.of("s3", operation).requests for operation in S3_FREE)
    s3_writes = counts.of("s3").requests - s3_reads - s3_free
    # One to fetch the batch, one to remove it.
    polling = 2 * sum(one.invocations for one in invoked if one.is_queued)
    found = [
        ("DynamoDB writes", dynamodb.write_units, "units", price["dynamodb"]["write_unit"]),
        ("DynamoDB reads", dynamodb.read_units, "units", price["dynamodb"]["read_unit"]),
        ("Lambda, time", sum(one.gb_seconds for one in invoked), "GB-s", price["lambda"]["gb_second"]),
        ("Lambda, calls", sum(one.invocations for one in invoked), "calls", price["lambda"]["request"]),
        ("SQS, by the functions", sqs.requests, "requests", price["sqs"]["request"]),
        ("SQS, by Lambda's polling", polling, "requests", price["sqs"]["request"]),
        ("SNS", sns.requests, "requests", price["sns"]["publish"]),
        ("S3 writes", s3_writes, "requests", price["s3"]["write"]),
        ("S3 reads", s3_reads, "requests", price["s3"]["read"]),
        ("Secrets Manager", secrets.requests, "requests", price["secretsmanager"]["request"]),
        ("Logs", sum(one.log_bytes for one in invoked) / 1e9, "GB", price["logs"]["gb"]),
    ]
    return [Cost(what, quantity * scale, unit, each) for what, quantity, unit, each in found]


def share_of_ses(found: list[Cost], price: dict[str, Any]) -> float:
    """In per cent of what SES takes for the same million."""
    return 100 * sum(cost.dollars for cost in found) / (MILLION * price["ses"]["mail"])
