"""Plays Lambda to a function that reads the table's stream: four looks a second, batches gathered as long and as large
as it says, with its tumbling window, and some batches twice."""

import datetime
import random
import threading
import time
from typing import Any

from bench.function_process import FunctionProcess
from bench.place import Place
from stack.settings import Refusal

# As often as Lambda reads a shard.
LOOK_EVERY_SECS = 0.25
EMPTY_LOOKS = 8
SEED = 1


class Stream:
    """The stream, from its beginning (`TRIM_HORIZON`) or from now (`LATEST`), read by a function until it is stopped; a
    share of the batches comes `again`."""

    def __init__(self, place: Place, function: str, start: str, again: float) -> None:
        self._place, self._start, self._again = place, start, again
        self._spec = place.functions[function]["trigger"]["stream"]
        self._function = place.function(function)
        self._random = random.Random(SEED)
        self._stopped = threading.Event()
        self._empty_looks = 0
        self._fault: BaseException | None = None
        self.batches = self.repeated = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_until_read(self) -> None:
        """Until nothing new has come for some looks."""
        self._empty_looks = 0
        while self._empty_looks < EMPTY_LOOKS:
            if self._fault is not None:
                raise self._fault
            time.sleep(0.1)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._function.end()

    def _read(self) -> None:
        try:
            reader = self._place.client("dynamodbstreams")
            (described,) = reader.list_streams(TableName=self._place.table)["Streams"]
            arn = described["StreamArn"]
            shard = reader.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
            begun = reader.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=self._start)
            place = begun["ShardIterator"]
            gathered: list[dict[str, Any]] = []
            since = time.monotonic()
            while not self._stopped.is_set():
                got = reader.get_records(ShardIterator=place, Limit=1000)
                place = got["NextShardIterator"]
                if not gathered:
                    since = time.monotonic()
                gathered += [record for record in got["Records"] if self._is_wanted(record)]
                while len(gathered) >= self._spec["batch_size"] or (gathered and self._is_due(since)):
                    batch, gathered = gathered[: self._spec["batch_size"]], gathered[self._spec["batch_size"] :]
                    self._hand_over(batch, shard)
                    since = time.monotonic()
                self._empty_looks = 0 if got["Records"] or gathered else self._empty_looks + 1
                if not got["Records"]:
                    self._stopped.wait(LOOK_EVERY_SECS)
        except BaseException as fault:
            self._fault = fault

    def _is_wanted(self, record: dict[str, Any]) -> bool:
        sort = record["dynamodb"]["Keys"]["sk"]["S"]
        return any(sort.startswith(prefix) for prefix in self._spec["sort_key_prefixes"])

    def _is_due(self, since: float) -> bool:
        return time.monotonic() - since >= self._spec["batching_window_secs"]

    def _hand_over(self, batch: list[dict[str, Any]], shard: str) -> None:
        event = event_of(batch, shard)
        self.batches += 1
        invoke(self._function, event)
        if self._random.random() < self._again:
            self.repeated += 1
            invoke(self._function, event)


def invoke(function: FunctionProcess, event: dict[str, Any]) -> None:
    answer = function.invoke(event)
    if answer and answer.get("batchItemFailures"):
        raise Refusal(f"{function.handler} did not take a batch: {answer}")


def event_of(records: list[dict[str, Any]], shard: str) -> dict[str, Any]:
    """As Lambda hands records to a function with a tumbling window."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    later = now + datetime.timedelta(seconds=1)
    return {
        "Records": [
            {
                **{name: record[name] for name in ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion")},
                "dynamodb": {
                    **record["dynamodb"],
                    "ApproximateCreationDateTime": record["dynamodb"]["ApproximateCreationDateTime"].timestamp(),
                },
                "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
            }
            for record in records
        ],
        "window": {"start": f"{now:%Y-%m-%dT%H:%M:%SZ}", "end": f"{later:%Y-%m-%dT%H:%M:%SZ}"},
        "state": {},
        "shardId": shard,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
        "isFinalInvokeForWindow": False,
        "isWindowTerminatedEarly": False,
    }
