"""What the functions need around them when they run by themselves: a table, a bucket, topics and queues in the local
cloud, and their environment, by the names in `functions.json`."""

import json
import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.request import Request

from bench.function_process import FunctionProcess, messages, must_handle
from bench.trusting import open_url
from stack.clients import client
from stack.deploy import FUNCTIONS
from stack.environments import for_the_stack
from stack.settings import ACCOUNT, MAIL_DOMAIN, REGION, Refusal, Settings

ORGANIZER = "olga@organizer.test"
EVERYTHING = 10_000_000
# Sends what goes to many; its queue is named like it.
SENDER = "send-shard"


def request(route: str, uid: str, body: str | None = None) -> dict[str, Any]:
    """About an event, an administrator's, as the gateway hands it over."""
    return {
        "routeKey": route,
        "pathParameters": {"uid": uid},
        "requestContext": {
            "requestId": uuid.uuid4().hex,
            "http": {"method": route.partition(" ")[0]},
            "authorizer": {"lambda": {"caller": "administrator"}},
        },
        "body": body,
    }


@dataclass
class Place:
    """`name` keeps one measurement's things apart from another's. `sends_per_second` is what SES has granted.
    `cloud_url` is where the functions look for AWS, when something stands between."""

    settings: Settings
    program: Path
    name: str
    ses_url: str
    sends_per_second: float
    cloud_url: str | None = None
    functions: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        listed = json.loads(FUNCTIONS.read_text())["functions"]
        self.functions = {function["name"]: function for function in listed}
        self.table = self.bucket = self.name
        self.client("dynamodb").create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
                {"AttributeName": "feed", "AttributeType": "S"},
                {"AttributeName": "feed_at", "AttributeType": "N"},
            ],
            # Index and stream as infra/lib/stacks/data.ts has them.
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "feed",
                    "KeySchema": [
                        {"AttributeName": "feed", "KeyType": "HASH"},
                        {"AttributeName": "feed_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        self.client("s3").create_bucket(Bucket=self.bucket)
        secret = self.client("secretsmanager").create_secret(Name=self.name, SecretString="0" * 64)
        self.secret = secret["ARN"]

    def seen_through(self, cloud_url: str) -> "Place":
        """The same place, its functions looking for AWS there."""
        same = copy(self)
        same.cloud_url = cloud_url
        return same

    def function(self, name: str, under: Sequence[str] = ()) -> FunctionProcess:
        spec = self.functions[name]
        log = self.settings.logs / f"bench-{self.name}-{name}.log"
        return FunctionProcess(self.program, spec["handler"], self.environment(name), spec["memory_mb"], log, under)

    def environment(self, name: str) -> dict[str, str]:
        spec = self.functions[name]
        return {
            **for_the_stack(self.settings),
            "AWS_ENDPOINT_URL": self.cloud_url or self.settings.cloud_url,
            "AWS_ENDPOINT_URL_SESV2": self.ses_url,
            "AWS_SDK_UA_APP_ID": name,
            **{wanted: self._value(wanted, spec) for wanted in spec["environment"]},
        }

    def client(self, service: str) -> Any:
        """The same one each time: to make one takes longer than most calls."""
        if service not in self.clients:
            self.clients[service] = client(self.settings, service)
        return self.clients[service]

    def queued(self, name: str) -> list[str]:
        """Takes every message there is in the queue of that name."""
        sqs, url, bodies = self.client("sqs"), self._queue(name), []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def new_event(self) -> str:
        """The uid of an event whose organizer has mailed his invitation, through the functions that take it up."""
        self.told_of("event-requested")
        told = self.arrived(self.name, invitation(self.name), ORGANIZER, f"create@{MAIL_DOMAIN}")
        with self.function("receive-mail") as receive:
            must_handle(receive, messages(told))
        with self.function("record-event") as record:
            for body in self.queued("event-requested"):
                must_handle(record, messages(body))
        scanned = self.client("dynamodb").scan(TableName=self.table)["Items"]
        uids = [item["sk"]["S"].removeprefix("event#") for item in scanned if item["sk"]["S"].startswith("event#")]
        if len(uids) != 1:
            raise Refusal(f"the event was not recorded; the table holds {[item['sk'] for item in scanned]}")
        return uids[0]

    def upload(self, uid: str, rows: bytes) -> str:
        """Uploads a list by the address the API gives; S3's message about it."""
        begun = self.api("POST /event/{uid}/lists", uid, "{}")
        open_url(Request(begun["upload"]["url"], data=rows, method="PUT"), self.settings).close()
        return json.dumps({"Records": [{"s3": {"object": {"key": f"uploads/{uid}/{begun['job']}"}}}]})

    def api(self, route: str, uid: str, body: str | None = None) -> dict[str, Any]:
        """What the API answers an administrator about an event."""
        with self.function("event-api") as api:
            answer = api.invoke(request(route, uid, body))
        if answer["statusCode"] >= 300:
            raise Refusal(f"the API refused {route}: {answer}")
        return json.loads(answer["body"])

    def verified(self, uid: str, rows: bytes) -> list[str]:
        """The messages of the shards of a list that was gone through."""
        uploaded = self.upload(uid, rows)
        with self.function("verify-list") as verify:
            go_through(self, verify, uploaded)
        return self.queued(SENDER)

    def arrived(self, mail_id: str, raw: bytes, sender: str, to: str) -> str:
        """Puts a mail into the inbox; SES's message about it."""
        key = f"raw/{mail_id}"
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=raw)
        return arrival(mail_id, key, sender, to)

    def told_of(self, topic: str) -> None:
        """From now on messages of this topic are kept in a queue of the same name."""
        arn = self.client("sns").create_topic(Name=f"{self.name}-{topic}")["TopicArn"]
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}-{topic}"
        may = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**may, "Resource": queue}]})
        self.client("sqs").set_queue_attributes(QueueUrl=self._queue(topic), Attributes={"Policy": policy})
        self.client("sns").subscribe(
            TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"}
        )

    def _queue(self, name: str) -> str:
        return self.client("sqs").create_queue(QueueName=f"{self.name}-{name}")["QueueUrl"]

    def _value(self, wanted: str, spec: dict[str, Any]) -> str:
        """As infra/lib/environment.ts has it for a deployed function."""
        known = {
            "DYNAMODB_TABLE": self.table,
            "INBOX_BUCKET": self.bucket,
            "MAIL_DOMAIN": MAIL_DOMAIN,
            "CONFIGURATION_SET": self.name,
            "TENANT_KEY_SECRET": self.secret,
            "API_URL": "https://api.acme.invites.example",
            "TENANT": json.dumps(tenant(self.sends_per_second)),
        }
        if wanted in known:
            return known[wanted]
        if wanted == "SQS_URL":
            queues = [right["on"] for right in spec["rights"] if right["on"].startswith("queue ")]
            return self._queue(queues[0].removeprefix("queue "))
        named = wanted.removesuffix("_QUEUE_URL").lower().replace("_", "-")
        if wanted.endswith("_QUEUE_URL"):
            return self._queue(named)
        return self.client("sns").create_topic(Name=f"{self.name}-{named}")["TopicArn"]


def go_through(place: Place, verify: FunctionProcess, uploaded: str) -> None:
    """One call after the other, until the list is through."""
    waiting = [uploaded]
    while waiting:
        for body in waiting:
            must_handle(verify, messages(body))
        waiting = place.queued("verify-list")


def tenant(sends_per_second: float) -> dict[str, Any]:
    return {
        "name": "acme",
        "brand": {"name": "Acme Events", "color": "#1a73e8", "site": "https://www.acme.example"},
        "update_subject_prefix": "Updated:",
        "ses_sends_per_second": sends_per_second,
        "limits": {"events_per_organizer": None, "invites_per_event": EVERYTHING, "enrolled_only": False},
        "trusted_calendar_senders": [],
        "shared_calendar_domains": [],
    }


def invitation(client_uid: str) -> bytes:
    """What the organizer's client mails to `create@`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//Client//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{client_uid}",
        "DTSTAMP:20260301T100000Z",
        "DTSTART:20310505T090000Z",
        "DTEND:20310505T100000Z",
        "SEQUENCE:0",
        "SUMMARY:Opening of the new library",
        "LOCATION:Main hall\\, 1 High Street",
        "DESCRIPTION:Doors open at half past eight.\\n\\nCoffee and tea are served until nine\\, and after the speeches"
        "\\nthe architects show you round. Please bring this invitation.\\n\\nThere is room for bicycles behind the"
        "\\nhouse\\; cars are better left at the station.",
        f"ORGANIZER;CN=Olga:mailto:{ORGANIZER}",
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:create@{MAIL_DOMAIN}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    mail = EmailMessage(SMTP)
    mail["From"] = f"Olga <{ORGANIZER}>"
    mail["To"] = f"create@{MAIL_DOMAIN}"
    mail["Subject"] = "Opening of the new library"
    mail["Message-ID"] = f"<{client_uid}@organizer.test>"
    mail["Date"] = "Sun, 01 Mar 2026 10:00:00 +0000"
    mail.set_content("See the calendar.")
    mail.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REQUEST"})
    return mail.as_bytes()


def arrival(mail_id: str, object_key: str, sender: str, to: str) -> str:
    """What SES says of a mail it has stored."""
    passed = {"status": "PASS"}
    return json.dumps(
        {
            "notificationType": "Received",
            "mail": {"messageId": mail_id, "source": sender, "timestamp": "2026-03-01T10:00:00.000Z"},
            "receipt": {
                "timestamp": "2026-03-01T10:00:00.000Z",
                "recipients": [to],
                **{f"{verdict}Verdict": passed for verdict in ("spam", "virus", "spf", "dkim", "dmarc")},
                "action": {"type": "S3", "objectKey": object_key},
            },
        }
    )


def people(count: int, who: str = "guest") -> bytes:
    """A list of so many, as an office writes it."""
    rows = (f'{who}{number}@example{number % 977}.test,Guest {number},"Company, Inc."' for number in range(count))
    return ("email,name,company\n" + "\n".join(rows) + "\n").encode()
