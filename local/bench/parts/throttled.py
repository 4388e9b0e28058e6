"""A list goes out while SES throttles and the sender is killed: nothing lost, the granted rate used (budget 8)."""

import re
import threading
import time
import uuid
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.bench import Bench, Ses
from bench.function_process import FunctionProcess, Killed, messages
from bench.place import SENDER, Place, people
from bench.result import Measure, Result
from stack import ports
from stack.build import build
from stack.environments import for_the_stack
from stack.progress import say, step
from stack.service import Service
from stack.settings import CHECKOUT, Refusal

INVITATIONS = 15_000
KILLS = 10
GRANTED_PER_SECOND = 200
THROTTLED = 0.05
# What SES takes to answer from the next region.
LATENCY_MS = 40
# The sender's own constants; a copy could differ.
SENDER_SOURCES = CHECKOUT / "lambdas" / "src" / "send"
SHARE = re.compile(r"^const SHARE: f64 = ([\d.]+);", re.MULTILINE)
IN_FLIGHT = re.compile(r"^const IN_FLIGHT: RangeInclusive<u8> = \d+..=(\d+);", re.MULTILINE)
RELAY_ABOVE = 301

HOW = """\
send-shard, the functions' own binary in its release profile, as many processes as Lambda runs at a time, against the
local DynamoDB and local-ses, which answers after 40 ms, throttles 5 % of all SendEmails at random (seeded) and
everything above the granted 200 a second. Ten times, evenly spread, one of the processes gets SIGKILL; its message is
delivered again at once. Mails are counted behind local-ses, by the Message-ID the sender gave them.
Use of the rate is mails taken, divided by what the lane was granted in that time: 200 a second times its share (0.8,
the rest is for urgent mail), for each process a part, from each delivery of a message to its end or the kill. Starting
a process again is not in it: that is Lambda's time. A kill may send twice what was in flight: 64 mails at this rate."""


@dataclass
class Lane:
    """One of the senders Lambda runs beside each other: takes shard after shard until there are none."""

    place: Place
    waiting: deque[tuple[str, str]]
    sender: FunctionProcess | None = None
    is_busy: bool = False
    worked: list[tuple[float, float]] = field(default_factory=list)
    killed: list[float] = field(default_factory=list)
    fault: BaseException | None = None

    def run(self) -> None:
        try:
            self._run()
        except BaseException as fault:
            self.fault = fault
        finally:
            if self.sender is not None:
                self.sender.end()

    def _run(self) -> None:
        while True:
            try:
                identity, body = self.waiting.popleft()
            except IndexError:
                return
            if self.sender is None:
                self.sender = self.place.function(SENDER)
            began, self.is_busy = time.time(), True
            try:
                answer = self.sender.invoke(messages(body, identity=identity))
            except Killed:
                self.worked.append((began, self.killed[-1]))
                self.sender.end()
                self.sender = None
                self.waiting.appendleft((identity, body))
                continue
            finally:
                self.is_busy = False
            self.worked.append((began, time.time()))
            if answer and answer.get("batchItemFailures"):
                self.waiting.appendleft((identity, body))
            self.waiting.extend((str(uuid.uuid4()), again) for again in self.place.queued(SENDER))

    def kill(self) -> bool:
        sender = self.sender
        if sender is None or not self.is_busy:
            return False
        self.killed.append(time.time())
        sender.kill()
        return True


def measure(bench: Bench) -> Result:
    count = bench.part_of(INVITATIONS)
    with step("build the post office (cargo)"):
        post_office = build(bench.settings).program("local-ses")
    bench.start_cloud()
    with bench.ses() as ses, throttling(bench, ses, str(post_office)) as edge:
        place = Place(bench.settings, bench.functions, f"throttled-{bench.tag}", edge, GRANTED_PER_SECOND)
        with step(f"make an event and a list of {count:,}"):
            uid = place.new_event()
            waiting = deque((str(uuid.uuid4()), body) for body in place.verified(uid, people(count)))
        processes = place.functions[SENDER]["trigger"]["queue"]["max_concurrency"]
        lanes = [Lane(place, waiting) for _ in range(processes)]
        granted = GRANTED_PER_SECOND * share_of_the_lane() / processes
        began = time.time()
        with step(f"send them, at {granted * processes:.0f} a second"):
            send(lanes, pause_secs=count / (granted * processes) / (KILLS + 1))
        took_secs = time.time() - began
        taken = ses.taken()
    for lane in lanes:
        if lane.fault is not None:
            raise lane.fault
    by_id = Counter(mail.message_id for mail in taken)
    kills = sum(len(lane.killed) for lane in lanes)
    duplicates = len(taken) - len(by_id)
    use = used(lanes, [mail.at for mail in taken], granted)
    say(f"  {len(taken):,} mails in {took_secs:.0f} s, {kills} kills")
    return Result(
        part="throttled",
        how=HOW,
        measures=[
            Measure("invitations lost", count - len(by_id), "of " + f"{count:,}", budget=0, number=8),
            Measure("use of the granted rate", 100 * use, "%", budget=95, at_least=True, number=8),
            Measure("sent twice by one kill", duplicates / max(kills, 1), "mails", in_flight(granted), number=8),
            Measure("sent twice", duplicates, f"in {kills} kills"),
            Measure("most copies of one invitation", max(by_id.values(), default=0), "copies"),
        ],
        details={
            "Between kills": [
                ["process", "second", "worked for, s"],
                *(
                    [number + 1, round(start - began, 1), round(end - start, 1)]
                    for number, lane in enumerate(lanes)
                    for start, end in lane.worked
                ),
            ],
        },
    )


def send(lanes: list[Lane], pause_secs: float) -> None:
    threads = [threading.Thread(target=lane.run) for lane in lanes]
    for thread in threads:
        thread.start()
    for number in range(KILLS):
        time.sleep(pause_secs)
        # One that is just starting has nothing to lose: the next moment it has.
        while any(thread.is_alive() for thread in threads) and not lanes[number % len(lanes)].kill():
            time.sleep(0.05)
    for thread in threads:
        thread.join()


def used(lanes: list[Lane], taken_at: list[float], granted: float) -> float:
    """Mails taken while somebody worked, of those that were granted to whoever worked then."""
    at = sorted(taken_at)
    worked_secs = sum(end - start for lane in lanes for start, end in lane.worked)
    spans = merged([span for lane in lanes for span in lane.worked])
    taken = sum(bisect_left(at, end) - bisect_left(at, start) for start, end in spans)
    return taken / (worked_secs * granted)


def merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same times, each once."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def share_of_the_lane() -> float:
    return float(constant(SHARE, "send_shard.rs"))


def in_flight(per_second: float) -> float:
    """Mails a process has under way at most: as many as go in a second, within its bounds."""
    return min(float(constant(IN_FLIGHT, "listed.rs")), per_second)


def constant(found_by: re.Pattern[str], file: str) -> str:
    found = found_by.search((SENDER_SOURCES / file).read_text())
    if found is None:
        raise Refusal(f"{SENDER_SOURCES / file} has no {found_by.pattern}")
    return found[1]


@contextmanager
def throttling(bench: Bench, ses: Ses, program: str) -> Iterator[str]:
    """local-ses with its faults, in front of the SES that takes everything."""
    front = bench.settings.ports["CIS_SES_PORT"] + RELAY_ABOVE
    smtp = bench.settings.ports["CIS_SMTP_PORT"] + RELAY_ABOVE
    service = Service(
        name="bench-local-ses",
        title="a post office that throttles",
        command=[
            *(program, "--front", f"127.0.0.1:{front}", "--smtp", f"127.0.0.1:{smtp}", "--cloud", ses.url),
            *("--max-send-rate", str(GRANTED_PER_SECOND), "--throttle-share", str(THROTTLED)),
            *("--latency-ms", str(LATENCY_MS), "--no-mailbox"),
        ],
        environment={**for_the_stack(bench.settings), "RUST_LOG": "warn"},
        listens={"CIS_SES_PORT": front, "CIS_SMTP_PORT": smtp},
        ready=lambda: ports.is_open(front),
        run=bench.settings.run,
        logs=bench.settings.logs,
    )
    service.stop()
    service.start()
    try:
        yield f"http://127.0.0.1:{front}"
    finally:
        service.stop()
