"""Who may send several messages at once."""

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud

TWO = [{"Id": "1", "MessageBody": "one"}, {"Id": "2", "MessageBody": "two"}]


def test_who_may_send_one_message_may_send_a_batch_and_nobody_else(cloud: Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="batches")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:batches"
    sender = cloud.role("sender", {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn})
    reader = cloud.role("reader", {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": arn})
    assert len(cloud.as_role(sender, "sqs").send_message_batch(QueueUrl=url, Entries=TWO)["Successful"]) == 2
    with pytest.raises(ClientError, match="AccessDenied"):
        cloud.as_role(reader, "sqs").send_message_batch(QueueUrl=url, Entries=TWO)


def test_who_may_publish_may_publish_a_batch_and_nobody_else(cloud: Cloud) -> None:
    arn = cloud.client("sns").create_topic(Name="batches")["TopicArn"]
    publisher = cloud.role("publisher", {"Effect": "Allow", "Action": "sns:Publish", "Resource": arn})
    stranger = cloud.role("stranger")
    entries = [{"Id": "1", "Message": "one"}, {"Id": "2", "Message": "two"}]
    assert (
        len(
            cloud.as_role(publisher, "sns").publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)[
                "Successful"
            ]
        )
        == 2
    )
    with pytest.raises(ClientError, match=r"AuthorizationError|AccessDenied"):
        cloud.as_role(stranger, "sns").publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
