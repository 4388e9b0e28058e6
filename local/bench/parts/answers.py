"""A hundred thousand answers to one event: write units, the hottest item, exact counts (budget 7)."""

import hashlib
import json
import random
import threading
import time
import uuid
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from bench.bench import Bench
from bench.function_process import messages, must_handle
from bench.parts.calls import calls_by_function
from bench.place import SENDER, Place, people
from bench.proxy import Proxy
from bench.result import Measure, Result
from bench.stream import Stream
from stack.progress import say, step
from stack.settings import Refusal

ANSWERS = 100_000
# So many come as mail; the others as the messages the function that reads mail makes of it.
MAILED = 200
DELIVERED_AGAIN = 0.01
SEED = 1
PARTSTATS = ("accepted", "declined", "tentative")
BATCH = 10
# Calls of record-reply at a time: more only wait for the local cloud.
CALLS = 3
UNLIMITED = 1e6
PROXY_ABOVE = 202

HOW = """\
An event, 100,000 people invited by a list, and an answer of each, handed to the functions' own binary (release profile)
as Lambda would, in batches of ten: 200 mails to receive-mail, and, made of what that publishes, the messages of all the
others (the same, with their own address, signed token, digest and mail) to record-reply. 1 % of the messages come
twice, and 1 % of the batches of the stream, from which count-statistics counts. A proxy between the functions and the
local cloud counts the calls; units are computed from the bytes of the items. Write units of an answer are those of all
three functions. The hottest item is the one written most often: the statistics, one for each shard of the stream, of
which there is only one here."""


@dataclass(frozen=True)
class Invited:
    address: str
    # Where his answer goes: signed for him and the organizer.
    organizer: str


def measure(bench: Bench) -> Result:
    count = bench.part_of(ANSWERS)
    settings = bench.settings
    bench.start_cloud()
    port = settings.ports["CIS_CLOUD_PORT"] + PROXY_ABOVE
    proxy = Proxy(settings.certificate, settings.certificate_key, {port: settings.cloud_url})
    proxy.start()
    try:
        with bench.ses() as ses:
            plain = Place(settings, bench.functions, f"answers-{bench.tag}", ses.url, UNLIMITED)
            proxy.name_callers({name: name for name in plain.functions})
            uid = plain.new_event()
            invite(plain, uid, count)
            mails = [mail for mail in ses.taken() if mail.recipient.startswith("guest")]
        guests = [Invited(mail.recipient, mail.sender) for mail in mails]
        if len(guests) != count:
            raise Refusal(f"{len(guests)} of {count} were invited")
        stream = Stream(plain, "count-statistics", "TRIM_HORIZON", again=DELIVERED_AGAIN)
        with step("count them"):
            stream.wait_until_read()
        stream.stop()
        place = plain.seen_through(f"https://localhost:{port}")
        proxy.begin()
        bodies = answers_by_mail(place, uid, guests[:MAILED])
        reading = proxy.counts
        example = json.loads(bodies[0])
        rest = enumerate(guests[MAILED:])
        bodies += [json.dumps(as_if_from(example, guest, PARTSTATS[number % 3])) for number, guest in rest]
        proxy.begin()
        began = time.monotonic()
        stream = Stream(place, "count-statistics", "LATEST", again=DELIVERED_AGAIN)
        again = answer(place, bodies)
        stream.wait_until_read()
        took_secs = time.monotonic() - began
        stream.stop()
        counts = proxy.counts
        counted = plain.api("GET /event/{uid}/statistics", uid)["rsvp"]
    finally:
        proxy.stop()
    expected = Counter(PARTSTATS[number % 3] for number in range(count - MAILED))
    expected["accepted"] += MAILED
    wrong = sum(abs(counted[partstat] - expected[partstat]) for partstat in PARTSTATS) + abs(counted["noaction"])
    say(f"  {count:,} answers and {again:,} again in {took_secs:.0f} s, {stream.repeated} batches twice: {counted}")
    units = {
        "receive-mail": reading.of("dynamodb", function="receive-mail").write_units / MAILED,
        "record-reply": counts.of("dynamodb", function="record-reply").write_units / count,
        "count-statistics": counts.of("dynamodb", function="count-statistics").write_units / count,
    }
    hottest, writes = max(counts.writes_of_item.items(), key=lambda item: item[1])
    say(f"  the hottest item is {hottest.partition('|')[2].partition('#')[0]}#…, written {writes:,} times")
    return Result(
        part="answers",
        how=HOW,
        measures=[
            Measure("write units of an answer", sum(units.values()), "units", budget=1.1, number=7),
            Measure("writes of the hottest item at 1,000 answers/s", 1000 * writes / count, "a second", 100, number=7),
            Measure("answers counted wrong", wrong, f"of {count:,}", budget=0, number=7),
            Measure("answers a second, here", count / took_secs, "a second"),
        ],
        details={
            "Write units of an answer": [
                ["function", "write units"],
                *([name, f"{each:.3f}"] for name, each in units.items()),
            ],
            f"Calls for reading {MAILED} answers, as counted": calls_by_function(reading),
            f"Calls for {count:,} answers, as counted": calls_by_function(counts),
        },
    )


def invite(place: Place, uid: str, count: int) -> None:
    with step(f"invite {count:,} people"):
        shards = place.verified(uid, people(count))
        with place.function(SENDER) as sender:
            for shard in shards:
                must_handle(sender, messages(shard))


def answers_by_mail(place: Place, uid: str, guests: list[Invited]) -> list[str]:
    """What receive-mail publishes of their mails."""
    place.told_of("reply-received")
    with step(f"read {len(guests)} answers by mail"), place.function("receive-mail") as receive:
        told = [place.arrived(uuid.uuid4().hex, reply(uid, guest), guest.address, guest.organizer) for guest in guests]
        for start in range(0, len(told), BATCH):
            must_handle(receive, messages(*told[start : start + BATCH]))
    published = place.queued("reply-received")
    if len(published) != len(guests):
        raise Refusal(f"{len(published)} of {len(guests)} answers were published")
    return published


def answer(place: Place, bodies: list[str]) -> int:
    """Hands all to record-reply, and some again, at any time after the first; how many."""
    drawn = random.Random(SEED)
    again = [body for body in bodies if drawn.random() < DELIVERED_AGAIN]
    order = list(bodies)
    for body in again:
        order.insert(drawn.randrange(len(order)), body)
    waiting = deque(order[start : start + BATCH] for start in range(0, len(order), BATCH))
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with place.function("record-reply") as record:
                while True:
                    try:
                        batch = waiting.popleft()
                    except IndexError:
                        return
                    event = messages(*batch)
                    left = (record.invoke(event) or {}).get("batchItemFailures", [])
                    failed = {one["itemIdentifier"] for one in left}
                    if failed:
                        waiting.append([one["body"] for one in event["Records"] if one["messageId"] in failed])
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(CALLS)]
    with step(f"record {len(order):,} answers"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
    return len(again)


def reply(uid: str, guest: Invited) -> bytes:
    lines = [
        f"From: Guest <{guest.address}>",
        f"To: {guest.organizer}",
        "Subject: Accepted: Opening of the new library",
        f"Message-ID: <{uuid.uuid4()}@guests.test>",
        f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}",
        "MIME-Version: 1.0",
        'Content-Type: text/calendar; method=REPLY; charset="utf-8"',
        "",
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//Calendar of a guest//EN",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}",
        "SEQUENCE:0",
        f"ORGANIZER:mailto:{guest.organizer}",
        f"ATTENDEE;CN=Guest;PARTSTAT=ACCEPTED:mailto:{guest.address}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def as_if_from(example: dict[str, Any], guest: Invited, partstat: str) -> dict[str, Any]:
    """The message that would have been published for his mail."""
    message = json.loads(json.dumps(example))
    by, mail = message["by"], message["mail"]
    mail["id"] = uuid.uuid4().hex
    mail["sender"] = hashlib.sha256(guest.address.encode()).hexdigest()
    by["from"]["email"] = by["attendee"]["email"] = guest.address
    by["token"] = guest.organizer.partition("@")[0].rpartition("+")[2]
    by["digest"] = hashlib.sha256(mail["id"].encode()).hexdigest()
    for answered in message["answers"]:
        answered["partstat"] = partstat
    return message
