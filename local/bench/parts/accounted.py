"""100,000 people on a list, through the deployed local stack: what became of every one of them."""

import csv
import io
import re
import smtplib
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from bench.bench import Bench
from bench.deployed import Deployed, deployed
from bench.mailbox import Mailbox
from bench.result import Measure, Result
from stack.clients import client
from stack.progress import say, step
from stack.settings import MAIL_DOMAIN, TABLE

PEOPLE = 100_000
SENDS_PER_SECOND = 500
# Of a thousand: mail to them comes back; they have said before that they want none.
BOUNCING, UNSUBSCRIBED = 5, 3
# Of a thousand, besides: rows that repeat one before, rows without an address.
REPEATED, BROKEN = 4, 2

# The query of the next page (RFC 8288).
NEXT = re.compile(r'<[^>?]*(\?[^>]*)>; *rel="?next')

HOW = """\
A list of 100,000 people, uploaded by the API to the deployed local stack (the functions' own binary, release profile),
with further rows that repeat one before or hold no address. Of the people, some have mailed to unsubscribe@ before;
mail to others comes back (SES's simulator addresses). What is sent goes through the local SES into a mailbox that
counts the mails of each recipient. When nothing more happens, the list's job, the attendees in the table, the
statistics of the API, its list of bounced people and the mailbox are counted, each by itself, and compared."""


def measure(bench: Bench) -> Result:
    people = bench.part_of(PEOPLE)
    bouncing, unsubscribed = people * BOUNCING // 1000, people * UNSUBSCRIBED // 1000
    repeated, broken = people * REPEATED // 1000, people * BROKEN // 1000
    with Mailbox() as mailbox, deployed(bench, SENDS_PER_SECOND, mailbox.address) as stack:
        no_more = [person(number) for number in range(unsubscribed)]
        unsubscribe(stack, no_more)
        uid = stack.new_event(f"accounted-{bench.tag}")
        mailbox.letters.clear()
        job = stack.upload(uid, rows(people, bouncing, repeated, broken))
        stack.until(
            f"{people:,} people are dealt with",
            lambda: stack.api("GET", f"/event/{uid}/jobs/{job}").get("sending", {}).get("is_done", False),
            within_secs=120 + people / 25,
        )
        done = stack.api("GET", f"/event/{uid}/jobs/{job}")
        found = {
            "rows of the list": done["rows"],
            "rows that repeat one before": done["refused"].get("repeated", 0),
            "rows without an address": done["refused"].get("no-address", 0),
            "people who want no mail": done["refused"].get("blocked", 0),
            "people invited, by the job": done["invited"],
            "invitations SES has taken, by the job": done["sending"]["sent"],
            "attendees, in the table": attendees(stack, uid),
            "attendees, by the statistics": stack.api("GET", f"/event/{uid}/statistics")["attendees"],
            "people whose mail came back, by the API": len(bounced(stack, uid)),
            "people with mail in the mailbox": len(guests := letters(mailbox)),
            "mails in the mailbox": sum(guests.values()),
        }
    for what, count in found.items():
        say(f"  {what}: {count:,}")
    in_the_mailbox = found["people with mail in the mailbox"]
    came_back, blocked = found["people whose mail came back, by the API"], found["people who want no mail"]
    invited = people - unsubscribed
    wrong = {
        "rows of the list": people + repeated + broken,
        "rows that repeat one before": repeated,
        "rows without an address": broken,
        "people who want no mail": unsubscribed,
        "people invited, by the job": invited,
        "invitations SES has taken, by the job": invited,
        "attendees, in the table": invited,
        "attendees, by the statistics": invited,
        "people whose mail came back, by the API": bouncing,
        "people with mail in the mailbox": invited - bouncing,
        "mails in the mailbox": invited - bouncing,
    }
    return Result(
        part="accounted",
        how=HOW,
        measures=[
            Measure("people not accounted for", abs(people - in_the_mailbox - came_back - blocked), "", budget=0),
            Measure("counts that differ", sum(found[what] != count for what, count in wrong.items()), "", budget=0),
        ],
        details={
            "Counted": [
                ["what", "counted", "must be"],
                *([what, f"{found[what]:,}", f"{count:,}"] for what, count in wrong.items()),
            ]
        },
    )


def person(number: int) -> str:
    return f"guest{number}@example{number % 977}.test"


def rows(people: int, bouncing: int, repeated: int, broken: int) -> bytes:
    """The last people are those whose mail comes back; the other rows stand at the end."""

    def lines() -> Iterator[str]:
        yield "email,name,company"
        for number in range(people - bouncing):
            yield f'{person(number)},Guest {number},"Company, Inc."'
        for number in range(bouncing):
            yield f"bounce+{number}@simulator.amazonses.com,Gone {number},"
        for number in range(repeated):
            yield f"{person(number).upper()},Again {number},"
        for number in range(broken):
            yield f"nobody {number},Nobody {number},"

    return ("\n".join(lines()) + "\n").encode()


def unsubscribe(stack: Deployed, people: list[str]) -> None:
    with step(f"{len(people)} people unsubscribe by mail"):
        with smtplib.SMTP("127.0.0.1", stack.settings.ports["CIS_SMTP_PORT"], "guests.test") as post:
            for address in people:
                mail = EmailMessage(SMTP)
                mail["From"], mail["To"] = address, f"unsubscribe@{MAIL_DOMAIN}"
                mail["Subject"], mail["Message-ID"] = "no more", f"<no-more.{address}>"
                mail.set_content("No more mail, please.")
                post.sendmail(address, [f"unsubscribe@{MAIL_DOMAIN}"], mail.as_bytes())
        table = client(stack.settings, "dynamodb")

        def recorded() -> bool:
            keys = [{"pk": {"S": f"attendee#{address}"}, "sk": {"S": "block#"}} for address in people]
            found = 0
            for at in range(0, len(keys), 100):
                answer = table.batch_get_item(RequestItems={TABLE: {"Keys": keys[at : at + 100]}})
                found += len(answer["Responses"][TABLE])
            return found == len(people)

        stack.until("each is recorded", recorded, within_secs=60 + len(people))


def attendees(stack: Deployed, uid: str) -> int:
    pages = (
        client(stack.settings, "dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=TABLE,
            KeyConditionExpression="pk = :event AND begins_with(sk, :attendee)",
            ExpressionAttributeValues={":event": {"S": f"event#{uid}"}, ":attendee": {"S": "attendee#"}},
            Select="COUNT",
        )
    )
    return sum(page["Count"] for page in pages)


def bounced(stack: Deployed, uid: str) -> set[str]:
    """By the API's pages of people whose mail came back."""
    found: set[str] = set()
    path: str | None = f"/event/{uid}/deliveries?state=bounced"
    while path:
        text, headers = stack.text("GET", path)
        found.update(row["email"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
        following = NEXT.search(headers.get("Link") or "")
        path = f"/event/{uid}/deliveries{following[1]}" if following else None
    return found


def letters(mailbox: Mailbox) -> Counter[str]:
    """Of the people on the list."""
    return Counter({who: count for who, count in mailbox.letters.items() if who.startswith("guest")})
