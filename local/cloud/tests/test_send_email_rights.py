"""Who may send mail as whom."""

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud

ACCOUNT_SES = "arn:aws:ses:us-east-1:000000000000"
IDENTITY = f"{ACCOUNT_SES}:identity/mail.test"
SET = f"{ACCOUNT_SES}:configuration-set/set"
RAW = {"Raw": {"Data": b"From: a@mail.test\r\nTo: b@people.test\r\nSubject: s\r\n\r\nhello\r\n"}}
SIMPLE = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "hello"}}}}


@pytest.fixture(scope="module")
def post(cloud: Cloud) -> Cloud:
    ses = cloud.client("sesv2")
    for name in ("mail.test", "other.test"):
        ses.create_email_identity(EmailIdentity=name)
    ses.create_configuration_set(ConfigurationSetName="set")
    return cloud


def send(cloud: Cloud, role: str, sender: str = "a@mail.test", content: dict = RAW, **more: str) -> None:
    cloud.as_role(role, "sesv2").send_email(
        FromEmailAddress=sender, Destination={"ToAddresses": ["b@people.test"]}, Content=content, **more
    )


def allow(action: str, *resources: str) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources)}


def test_raw_mail_needs_the_right_to_send_raw_mail_as_its_senders_identity(post: Cloud) -> None:
    role = post.role("raw", allow("ses:SendRawEmail", IDENTITY))
    send(post, role)
    send(post, role, sender='"Ann" <ann@sub.mail.test>')
    with pytest.raises(ClientError, match=r"AccessDenied.*SendRawEmail.*identity/other\.test"):
        send(post, role, sender="a@other.test")
    with pytest.raises(ClientError, match=r"AccessDenied.*ses:SendEmail"):
        send(post, role, content=SIMPLE)


def test_a_configuration_set_needs_the_right_too(post: Cloud) -> None:
    without = post.role("without-set", allow("ses:SendRawEmail", IDENTITY))
    with pytest.raises(ClientError, match=r"AccessDenied.*configuration-set/set"):
        send(post, without, ConfigurationSetName="set")
    send(post, post.role("with-set", allow("ses:SendRawEmail", IDENTITY, SET)), ConfigurationSetName="set")


def test_a_role_without_rights_sends_nothing(post: Cloud) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        send(post, post.role("no-rights"))


def test_an_unknown_identity_is_refused_even_to_who_may_send_as_anyone(post: Cloud) -> None:
    with pytest.raises(ClientError, match="MessageRejected"):
        send(post, post.role("anyone", allow("ses:*", "*")), sender="a@unknown.test")
