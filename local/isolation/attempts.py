"""What somebody with a foothold in one tenant would try on what a tenant has: read, write, publish, send, invoke."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from isolation.acting import Acting
from isolation.tenant import Tenant
from stack.settings import ACCOUNT, REGION

KEY = {"pk": {"S": "event#attack"}, "sk": {"S": "event#attack"}}
PARTITION = {
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "event#attack"}},
}
FEED = {
    "KeyConditionExpression": "feed = :feed",
    "ExpressionAttributeValues": {":feed": {"S": "unsubscribed"}},
}
OBJECTS = ("inbox/attack", "uploads/attack", "lists/attack", "reports/attack", "templates.json")


@dataclass(frozen=True)
class Attempt:
    kind: str
    """A column of the table."""
    what: str
    """Short name of what is attacked."""
    action: str
    call: Callable[[Acting], Any]

    def __str__(self) -> str:
        return f"{self.action} on {self.kind} {self.what}"


def attempts_on(tenant: Tenant) -> list[Attempt]:
    """Everything, in the order data travels."""
    return [
        *_on_mail(tenant),
        *_on_bucket(tenant),
        *_on_topics(tenant),
        *_on_queues(tenant),
        *_on_functions(tenant),
        *_on_table(tenant),
        *_on_secret(tenant),
        *_on_users(tenant),
        *_on_logs(tenant),
        *_on_roles(tenant),
    ]


def _on_mail(tenant: Tenant) -> Iterator[Attempt]:
    sender = f"notification@{tenant.mail_domain}"
    raw = f"From: {sender}\r\nTo: bob@b.test\r\nSubject: attack\r\n\r\nattack\r\n".encode()

    def send(acting: Acting) -> Any:
        return acting.client("sesv2").send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["bob@b.test"]},
            Content={"Raw": {"Data": raw}},
            ConfigurationSetName=tenant.prefix,
        )

    yield Attempt("mail", tenant.mail_domain, "ses:SendRawEmail", send)


def _on_bucket(tenant: Tenant) -> Iterator[Attempt]:
    for bucket in tenant.of("AWS::S3::Bucket"):
        what = tenant.short(bucket)
        yield _attempt("bucket", what, "s3", "list_objects_v2", Bucket=bucket)
        for key in OBJECTS:
            named = f"{what} {key.partition('/')[0]}"
            yield _attempt("bucket", named, "s3", "get_object", Bucket=bucket, Key=key)
            yield _attempt("bucket", named, "s3", "put_object", Bucket=bucket, Key=key, Body=b"attack")
            yield _attempt("bucket", named, "s3", "delete_object", Bucket=bucket, Key=key)


def _on_topics(tenant: Tenant) -> Iterator[Attempt]:
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:attack"
    for topic in tenant.of("AWS::SNS::Topic"):
        what = tenant.short(topic)
        yield _attempt("topics", what, "sns", "publish", TopicArn=topic, Message="attack")
        yield _attempt("topics", what, "sns", "subscribe", TopicArn=topic, Protocol="sqs", Endpoint=target)


def _on_queues(tenant: Tenant) -> Iterator[Attempt]:
    for queue in tenant.of("AWS::SQS::Queue"):
        what = tenant.short(queue)
        yield _attempt("queues", what, "sqs", "send_message", QueueUrl=queue, MessageBody="attack")
        yield _attempt("queues", what, "sqs", "receive_message", QueueUrl=queue, VisibilityTimeout=0)
        yield _attempt("queues", what, "sqs", "purge_queue", QueueUrl=queue)


def _on_functions(tenant: Tenant) -> Iterator[Attempt]:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bootstrap", "attack")
    for name in tenant.of("AWS::Lambda::Function"):
        what = tenant.short(name)
        yield _attempt("functions", what, "lambda", "invoke", FunctionName=name, Payload=b"{}")
        yield _attempt(
            "functions", what, "lambda", "update_function_code", FunctionName=name, ZipFile=code.getvalue(), DryRun=True
        )


def _on_table(tenant: Tenant) -> Iterator[Attempt]:
    for table in tenant.of("AWS::DynamoDB::GlobalTable"):
        here = {"TableName": table}
        for operation, more in (
            ("get_item", {"Key": KEY}),
            ("query", PARTITION),
            ("scan", {}),
            ("put_item", {"Item": KEY}),
            ("update_item", {"Key": KEY}),
            ("delete_item", {"Key": KEY}),
        ):
            yield _attempt("table", "itself", "dynamodb", operation, **here, **more)
        yield _attempt("table", "index feed", "dynamodb", "query", **here, IndexName="feed", **FEED)
        yield _attempt("table", "itself", "dynamodb", "batch_get_item", RequestItems={table: {"Keys": [KEY]}})
        put = {"PutRequest": {"Item": KEY}}
        yield _attempt("table", "itself", "dynamodb", "batch_write_item", RequestItems={table: [put]})
        yield _attempt(
            "table", "itself", "dynamodb", "transact_write_items", TransactItems=[{"Put": {**here, "Item": KEY}}]
        )


def _on_secret(tenant: Tenant) -> Iterator[Attempt]:
    for secret in tenant.of("AWS::SecretsManager::Secret"):
        yield _attempt("secret", "tenant-key", "secretsmanager", "get_secret_value", SecretId=secret)
        yield _attempt("secret", "tenant-key", "secretsmanager", "put_secret_value", SecretId=secret, SecretString="x")


def _on_users(tenant: Tenant) -> Iterator[Attempt]:
    for pool in tenant.of("AWS::Cognito::UserPool"):
        who = {"UserPoolId": pool, "Username": "attack@a.test"}
        yield _attempt("users", "pool", "cognito-idp", "admin_create_user", **who, MessageAction="SUPPRESS")
        yield _attempt("users", "pool", "cognito-idp", "list_users", UserPoolId=pool)


def _on_logs(tenant: Tenant) -> Iterator[Attempt]:
    for group in tenant.of("AWS::Logs::LogGroup"):
        what = tenant.short(group)
        yield _attempt("logs", what, "logs", "filter_log_events", logGroupName=group)
        yield _attempt("logs", what, "logs", "create_log_stream", logGroupName=group, logStreamName="attack")


def _on_roles(tenant: Tenant) -> Iterator[Attempt]:
    for role in tenant.of("AWS::IAM::Role"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        yield _attempt("roles", tenant.short(role), "sts", "assume_role", RoleArn=arn, RoleSessionName="attack")


def _attempt(kind: str, what: str, service: str, operation: str, **request: Any) -> Attempt:
    action = f"{service}:{''.join(word.capitalize() for word in operation.split('_'))}"
    return Attempt(kind, what, action, lambda acting: getattr(acting.client(service), operation)(**request))
