"""Memory and CPU for a list of a million rows (budget 4)."""

import time

from bench.bench import Bench
from bench.place import SENDER, Place, go_through, people
from bench.result import Measure, Result
from stack.progress import say, step

ROWS = 1_000_000
UNLIMITED = 1e6
HOW = """\
verify-list, the functions' own binary in its release profile, handed S3's message about an uploaded list of 1,000,000
different people, over TLS to the local S3, DynamoDB and SQS: every row is read, decided about, looked up and staged.
Memory is what the kernel counts as resident: the most during the list, less what the idle process had before. CPU is
the process's clock. Idle is after a list of ten rows that invite nobody: by then the program itself is in memory."""


def measure(bench: Bench) -> Result:
    rows = bench.part_of(ROWS)
    bench.start_cloud()
    with bench.ses() as ses:
        place = Place(bench.settings, bench.functions, f"list-{bench.tag}", ses.url, UNLIMITED)
        with step(f"make an event and upload a list of {rows:,} rows"):
            uid = place.new_event()
            small = place.upload(uid, b"email\n" + b"postmaster@example.test\n" * 10)
            listed = people(rows)
            uploaded = place.upload(uid, listed)
        with place.function("verify-list") as verify:
            go_through(place, verify, small)
            idle_kb, _ = verify.memory_kb()
            before, began = verify.cpu_secs(), time.monotonic()
            with step(f"go through {len(listed) / 1e6:.0f} MB"):
                go_through(place, verify, uploaded)
            cpu_secs, took_secs = verify.cpu_secs() - before, time.monotonic() - began
            _, peak_kb = verify.memory_kb()
        staged = len(place.queued(SENDER))
    say(f"  {staged} shards in {took_secs:.0f} s, most of which the local DynamoDB takes")
    return Result(
        part="list",
        how=HOW,
        measures=[
            Measure("most memory above the idle process", (peak_kb - idle_kb) / 1024, "MB", budget=16, number=4),
            Measure("idle process", idle_kb / 1024, "MB"),
            Measure("CPU for a row", cpu_secs * 1e6 / rows, "µs"),
            Measure("CPU for the list", cpu_secs, "s"),
        ],
    )
