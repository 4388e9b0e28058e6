"""What a function costs: its start until its first answer, and the zip with all of them (budget 5)."""

import json
import statistics
import subprocess

from bench.bench import Bench
from bench.place import Place, request
from bench.result import Measure, Result
from release.files import zip_of_functions
from stack.environments import for_the_stack
from stack.progress import say, step
from stack.settings import CHECKOUT, Refusal

STARTS = 40
ROUTE = "GET /event/{uid}"

HOW = """\
event-api, the functions' own binary in its release profile, started as Lambda would start it, and asked for an event:
it reads its configuration, its secret and the event over TLS from the local cloud. CPU is the process's clock, user
and system, when it has answered; the figure is the median of the starts. In the same run: a Python process that reads
the same item by boto3 and does nothing else. The zip is what `scripts/release bundle` deploys: the one binary, with all
functions."""


def measure(bench: Bench) -> Result:
    bench.start_cloud()
    with bench.ses() as ses:
        place = Place(bench.settings, bench.functions, f"start-{bench.tag}", ses.url, 1e6)
        uid = place.new_event()
    starts = max(5, round(STARTS * bench.share))
    ready, answered = [], []
    for _ in range(starts):
        with place.function("event-api") as api:
            ready.append(api.cpu_secs() * 1e3)
            answer = api.invoke(request(ROUTE, uid))
            answered.append(api.cpu_secs() * 1e3)
            if answer["statusCode"] != 200:
                raise Refusal(f"the event was not shown: {answer}")
    say(f"  {starts} starts: from {min(answered):.1f} to {max(answered):.1f} ms")
    with step("start Python as often"):
        python_ms = statistics.median(straightforward(bench, place.table, uid) for _ in range(starts))
    zipped = bench.settings.state / "bench-functions.zip"
    zip_of_functions(bench.functions, zipped)
    ours_ms = statistics.median(answered)
    return Result(
        part="start",
        how=HOW,
        measures=[
            Measure("CPU from a function's start to its first answer", ours_ms, "ms", budget=10, number=5),
            Measure("of it, until it asks for work", statistics.median(ready), "ms"),
            Measure("CPU of straightforward Python", python_ms, "ms"),
            Measure("straightforward Python needs", python_ms / ours_ms, "times"),
            Measure("zip of all functions", zipped.stat().st_size / 1e6, "MB", budget=6, number=5),
        ],
    )


def straightforward(bench: Bench, table: str, uid: str) -> float:
    """Milliseconds of CPU, from the start of the process."""
    done = subprocess.run(
        [str(bench.settings.python), "-m", "bench.straightforward_start", table, uid],
        env={**for_the_stack(bench.settings), "PYTHONPATH": str(CHECKOUT / "local")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The straightforward reader failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)["cpu_secs"] * 1e3
