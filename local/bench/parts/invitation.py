"""CPU for one invitation: render, sign, send, record (budget 1)."""

import json
import re
import shutil
import signal
import statistics
import subprocess

from bench.bench import Bench
from bench.function_process import messages, must_handle
from bench.place import SENDER, Place, people
from bench.result import Measure, Result
from stack.environments import for_the_stack
from stack.progress import say, step
from stack.settings import CHECKOUT, Refusal

INVITATIONS = 20_000
STRAIGHTFORWARD = 500
# Two lists that go out under valgrind: the second is so much longer.
COUNTED = 500
# So much that nothing waits for its turn.
UNLIMITED = 1e6

HOW = """\
send-shard, the functions' own binary in its release profile, handed shards of a list as Lambda would, over TLS to SES
on this machine, which takes every mail at once, and the local DynamoDB, with as many sends in flight as it has on AWS.
CPU is the process's clock, user and system, around each shard; the figure is the median of the shards. In the same run:
a straightforward Python sender (local/bench/straightforward.py), one mail after the other. Instructions are valgrind's,
which do not depend on what runs beside; it has not the processor's own ones for SHA-256 and AES."""


def measure(bench: Bench) -> Result:
    count = bench.part_of(INVITATIONS)
    bench.start_cloud()
    with bench.ses() as ses:
        place = Place(bench.settings, bench.functions, f"invitation-{bench.tag}", ses.url, UNLIMITED)
        with step(f"make an event and a list of {count:,}"):
            uid = place.new_event()
            shards = place.verified(uid, people(count))
        each = count / len(shards)
        spent = []
        with place.function(SENDER) as sender:
            for shard in shards:
                before = sender.cpu_secs()
                must_handle(sender, messages(shard))
                spent.append((sender.cpu_secs() - before) * 1e6 / each)
        say(f"  {len(spent)} shards of {each:,.0f}: from {min(spent):.0f} to {max(spent):.0f} µs an invitation")
        sent = [mail.message_id for mail in ses.taken()]
        if len(sent) != count or len(set(sent)) != count:
            raise Refusal(f"{len(sent)} mails were sent, not {count}")
        with step(f"send {STRAIGHTFORWARD} invitations the straightforward way"):
            python_us = straightforward(bench, place.table, ses.url)
        counted = instructions(bench, place, uid) if shutil.which("valgrind") else []
    ours_us = statistics.median(spent)
    return Result(
        part="invitation",
        how=HOW,
        measures=[
            Measure("CPU for an invitation", ours_us, "µs", budget=90, number=1),
            Measure("CPU for an invitation, straightforward Python", python_us, "µs"),
            Measure("straightforward Python needs", python_us / ours_us, "times"),
            *counted,
        ],
    )


def instructions(bench: Bench, place: Place, uid: str) -> list[Measure]:
    """Of one invitation: those of a list less those of a shorter one, so that starting is not among them."""
    counted = []
    with step("count instructions (valgrind)"):
        for length in (COUNTED, 2 * COUNTED):
            shards = place.verified(uid, people(length, f"counted{length}-"))
            written = bench.settings.state / f"callgrind-{length}"
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={written}"]
            sender = place.function(SENDER, under=command)
            for shard in shards:
                must_handle(sender, messages(shard))
            sender.end(signal.SIGTERM)
            found = re.search(r"^(?:summary|totals): (\d+)", written.read_text(), re.MULTILINE)
            if found is None:
                raise Refusal(f"callgrind wrote no total into {written}")
            counted.append(int(found[1]))
    return [Measure("instructions for an invitation", (counted[1] - counted[0]) / COUNTED, "instructions")]


def straightforward(bench: Bench, table: str, ses_url: str) -> float:
    """Microseconds of CPU for one."""
    done = subprocess.run(
        [str(bench.settings.python), "-m", "bench.straightforward", str(STRAIGHTFORWARD), table, ses_url],
        env={**for_the_stack(bench.settings), "PYTHONPATH": str(CHECKOUT / "local")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The straightforward sender failed:\n{done.stderr[-2000:]}")
    said = json.loads(done.stdout)
    return said["cpu_secs"] * 1e6 / said["count"]
