"""AWS calls, write units and cost of a list's invitations, counted on the deployed local stack (budgets 2 and 3)."""

import time

from bench.bench import Bench
from bench.costs import MILLION, costs, prices, share_of_ses
from bench.counting import Counts
from bench.deployed import deployed
from bench.place import people
from bench.result import Measure, Result, figure
from stack.progress import say
from stack.settings import Refusal

INVITATIONS = 10_000
SENDS_PER_SECOND = 500

HOW = """\
A list of 10,000 people, uploaded by the API to the deployed local stack. A proxy between the functions (their own
binary, release profile) and the local cloud counts every call, from announcing the list until nothing more happens,
cold starts and the upload among them: checking, staging, sending, publishing, statistics, receipt. DynamoDB's units
are computed from the bytes of the items. Lambda's time is what the local cloud's reports say, at 500 mails a second
granted. A million is the same a hundred times, at the prices of local/bench/prices.json. What Lambda itself asks of SQS
is not an AWS call of ours, but is paid for: it is in the costs, in a row of its own."""


def measure(bench: Bench) -> Result:
    invitations = bench.part_of(INVITATIONS)
    with deployed(bench, SENDS_PER_SECOND) as stack:
        uid = stack.new_event(f"calls-{bench.tag}")
        time.sleep(5)
        stack.proxy.begin()
        since = time.time()
        job = stack.upload(uid, people(invitations))
        stack.until(
            f"{invitations:,} invitations are sent",
            lambda: stack.proxy.counts.of("ses", "SendEmail").requests >= invitations,
            within_secs=60 + invitations / 50,
        )
        counts, invoked = stack.proxy.counts, stack.invoked(since)
        # Looking is not among what is counted.
        stack.proxy.begin()
        done = stack.api("GET", f"/event/{uid}/jobs/{job}")
    if done["sending"]["sent"] != invitations or not done["sending"]["is_done"]:
        raise Refusal(f"not everybody was invited: {done}")
    price = prices()
    found = costs(counts, invoked, invitations, price)
    calls = counts.of().requests - counts.of(function="others").requests
    units = counts.of("dynamodb")
    say(f"  {calls:,} calls, {units.write_units:,.0f} write units, {units.read_units:,.0f} read units")
    return Result(
        part="calls",
        how=HOW,
        measures=[
            Measure("AWS calls for an invitation", calls / invitations, "calls", budget=1.05, number=2),
            Measure("everything but SES, as a share of its price", share_of_ses(found, price), "%", budget=1, number=3),
            Measure("write units for an invitation", units.write_units / invitations, "units"),
            Measure("read units for an invitation", units.read_units / invitations, "units"),
            Measure("Lambda for a million", sum(one.gb_seconds for one in invoked) * MILLION / invitations, "GB-s"),
        ],
        details={
            "Costs of a million invitations": [
                ["what", "quantity", "unit", "$"],
                *([cost.what, figure(cost.quantity), cost.unit, f"{cost.dollars:.4f}"] for cost in found),
                ["everything but SES", "", "", f"{sum(cost.dollars for cost in found):.4f}"],
                ["SES", "1,000,000", "mails", f"{MILLION * price['ses']['mail']:.2f}"],
            ],
            "Calls, as counted": calls_by_function(counts),
            "Functions, as counted": [
                ["function", "calls", "GB-s", "log bytes"],
                *([one.function, one.invocations, figure(one.gb_seconds), one.log_bytes] for one in invoked),
            ],
        },
    )


def calls_by_function(counts: Counts) -> list[list[object]]:
    return [
        ["function", "service", "operation", "requests", "failed", "repeated", "write units", "read units"],
        *(
            [
                *(function, service, operation, count.requests, count.failed, count.retries),
                *(figure(count.write_units), figure(count.read_units)),
            ]
            for function, service, operation, count in counts.rows()
        ),
    ]
