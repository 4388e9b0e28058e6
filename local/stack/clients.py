"""AWS clients that reach this stack's cloud and nothing else."""

from typing import Any

from stack.settings import REGION, Settings


def client(settings: Settings, service: str) -> Any:
    import boto3
    from botocore.config import Config

    # Given here and not by the environment, which on a developer's machine may name a real account.
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return session.client(
        service,
        endpoint_url=settings.cloud_url,
        verify=str(settings.certificate),
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            proxies={},
            s3={"addressing_style": "path"},
        ),
    )
