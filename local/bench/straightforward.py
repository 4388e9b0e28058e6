"""Invitations sent as one would write it in an afternoon: icalendar, email.mime and boto3, one after the other.

The same step as our sender's: render text, HTML and calendar, sign the address answers come to, send, record. Runs as a
process of its own, prints the CPU time of its loop: `python -m bench.straightforward COUNT TABLE SES_URL`.
"""

import datetime
import hashlib
import hmac
import json
import resource
import sys
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape

import boto3
from icalendar import Calendar, Event, vCalAddress, vText

KEY = b"0" * 64
DOMAIN = "acme.invites.example"
UID = "0123456789abcdef0123456789abcdef01234567"
SUMMARY = "Opening of the new library"
LOCATION = "Main hall, 1 High Street"
DESCRIPTION = (
    "Doors open at half past eight.\n\nCoffee and tea are served until nine, and after the speeches\n"
    "the architects show you round. Please bring this invitation.\n\nThere is room for bicycles behind the\n"
    "house; cars are better left at the station."
)
START = datetime.datetime(2031, 5, 5, 9, 0, tzinfo=datetime.UTC)
END = START + datetime.timedelta(hours=1)


def reply_address(attendee: str) -> str:
    token = hmac.new(KEY, f"{UID}\n{attendee}".encode(), hashlib.sha256).hexdigest()[:28]
    return f"olga+{token}@{DOMAIN}"


def calendar(attendee: str, name: str) -> bytes:
    event = Event()
    event.add("uid", UID)
    event.add("dtstamp", datetime.datetime(2026, 3, 1, 10, 0, tzinfo=datetime.UTC))
    event.add("dtstart", START)
    event.add("dtend", END)
    event.add("sequence", 0)
    event.add("status", "CONFIRMED")
    event.add("summary", SUMMARY)
    event.add("location", LOCATION)
    event.add("description", DESCRIPTION)
    organizer = vCalAddress(f"mailto:{reply_address(attendee)}")
    organizer.params["cn"] = vText("Olga")
    event["organizer"] = organizer
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["cn"] = vText(name)
    invited.params["partstat"] = vText("NEEDS-ACTION")
    invited.params["rsvp"] = vText("TRUE")
    event.add("attendee", invited, encode=0)
    whole = Calendar()
    whole.add("prodid", "-//Straightforward//EN")
    whole.add("version", "2.0")
    whole.add("method", "REQUEST")
    whole.add_component(event)
    return whole.to_ical()


def letter(attendee: str, name: str) -> bytes:
    ics = calendar(attendee, name).decode()
    text = f"Hello {name},\n\nyou are invited to {SUMMARY}.\n\nWhen: {START:%A, %d %B %Y %H:%M}\nWhere: {LOCATION}\n\n"
    text += DESCRIPTION
    html = (
        f"<html><body><p>Hello {escape(name)},</p><p>you are invited to <b>{escape(SUMMARY)}</b>.</p>"
        f"<p>When: {START:%A, %d %B %Y %H:%M}<br>Where: {escape(LOCATION)}</p>"
        f"<p>{escape(DESCRIPTION)}</p></body></html>"
    )
    mail = MIMEMultipart("mixed")
    mail["From"] = mail["Reply-To"] = f"Olga <{reply_address(attendee)}>"
    mail["To"] = f"{name} <{attendee}>"
    mail["Subject"] = f"Invitation: {SUMMARY}"
    shown = MIMEMultipart("alternative")
    shown.attach(MIMEText(text, "plain", "utf-8"))
    shown.attach(MIMEText(html, "html", "utf-8"))
    part = MIMEText(ics, "calendar", "utf-8")
    part.set_param("method", "REQUEST")
    shown.attach(part)
    mail.attach(shown)
    attached = MIMEText(ics, "calendar", "utf-8")
    attached.add_header("Content-Disposition", "attachment", filename="invite.ics")
    mail.attach(attached)
    return mail.as_bytes()


def invite(count: int, table: str, ses_url: str) -> None:
    dynamodb = boto3.resource("dynamodb").Table(table)
    ses = boto3.client("sesv2", endpoint_url=ses_url)
    for number in range(count):
        attendee, name = f"guest{number}@straightforward.test", f"Guest {number}"
        sent = ses.send_email(
            FromEmailAddress=reply_address(attendee),
            Destination={"ToAddresses": [attendee]},
            Content={"Raw": {"Data": letter(attendee, name)}},
        )
        dynamodb.put_item(
            Item={
                "pk": f"event#{UID}",
                "sk": f"attendee#{attendee}",
                "email": attendee,
                "name": name,
                "partstat": "needs-action",
                "sent_at": datetime.datetime.now(datetime.UTC).isoformat(),
                "ses_message_id": sent["MessageId"],
            }
        )


def cpu_secs() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    # Connections and what boto3 loads at its first call are not counted: a process sends for hours.
    invite(20, sys.argv[2], sys.argv[3])
    before = cpu_secs()
    invite(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    print(json.dumps({"count": int(sys.argv[1]), "cpu_secs": cpu_secs() - before}))
