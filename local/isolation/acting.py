"""Somebody in the cloud with the rights of a function."""

import json
from typing import Any

import boto3
from botocore.config import Config

from stack.clients import client
from stack.settings import ACCOUNT, REGION, Settings

CALLS_AT_ONCE = 4
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"},
    ],
}


class Acting:
    """Clients with the role's credentials; they reach this stack's cloud and nothing else."""

    def __init__(self, settings: Settings, role: str, session: boto3.Session) -> None:
        self.settings, self.role, self.session = settings, role, session
        # Only Lambda may take the role: the account's administrator has to say otherwise first. The stack is
        # thrown away afterwards.
        client(settings, "iam").update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(TRUST))
        taken = client(settings, "sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="attack"
        )
        self.credentials = taken["Credentials"]
        self.clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.session.client(
                service,
                region_name=REGION,
                aws_access_key_id=self.credentials["AccessKeyId"],
                aws_secret_access_key=self.credentials["SecretAccessKey"],
                aws_session_token=self.credentials["SessionToken"],
                # Mail goes out by the post office, as the functions' does.
                endpoint_url=self.settings.ses_url if service == "sesv2" else self.settings.cloud_url,
                verify=str(self.settings.certificate),
                config=Config(
                    retries={"max_attempts": 1},
                    proxies={},
                    s3={"addressing_style": "path"},
                    max_pool_connections=CALLS_AT_ONCE,
                ),
            )
        return self.clients[service]
