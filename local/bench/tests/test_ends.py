"""What stands at the ends: the SES that takes everything, and the messages of answers."""

import base64
import json

from bench.parts.answers import Invited, as_if_from, reply
from bench.ses import mail_of

MAIL = b"From: olga+t0ken@acme.test\r\nMessage-ID:\r\n <one@acme.test>\r\n\r\nMessage-ID: <another@body.test>\r\n"


def sent(mail: bytes) -> bytes:
    raw = base64.b64encode(mail).decode()
    return json.dumps(
        {
            "FromEmailAddress": "olga+t0ken@acme.test",
            "Destination": {"ToAddresses": ["bob@b.test"]},
            "Content": {"Raw": {"Data": raw}},
        }
    ).encode()


def test_a_mail_is_known_by_its_own_message_id_sender_and_recipient() -> None:
    assert mail_of(sent(MAIL)) == ("<one@acme.test>", "olga+t0ken@acme.test", "bob@b.test")
    assert mail_of(sent(b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n"))[0] == ""


def test_the_answer_of_another_differs_in_all_that_is_his() -> None:
    example = {
        "mail": {"id": "1", "sender": "s", "is_automatic": False},
        "by": {
            "from": {"email": "a@a.test", "name": "Guest"},
            "attendee": {"email": "a@a.test"},
            "token": "first",
            "digest": "d",
        },
        "answers": [{"partstat": "accepted"}],
    }
    bob = Invited("bob@b.test", "olga+t0ken@acme.test")
    one, two = (as_if_from(example, bob, "declined") for _ in range(2))
    assert one["by"]["from"]["email"] == one["by"]["attendee"]["email"] == "bob@b.test"
    assert one["by"]["token"] == "t0ken"
    assert one["answers"] == [{"partstat": "declined"}]
    assert one["mail"]["id"] != two["mail"]["id"] and one["by"]["digest"] != two["by"]["digest"]
    assert example["by"]["token"] == "first"


def test_a_mail_with_an_answer_names_the_event_and_both_sides() -> None:
    raw = reply("u1d", Invited("bob@b.test", "olga+t0ken@acme.test")).decode()
    assert "UID:u1d\r\n" in raw and "PARTSTAT=ACCEPTED:mailto:bob@b.test" in raw
    assert "To: olga+t0ken@acme.test\r\n" in raw
