"""DynamoDB streams reach functions as Lambda documents it.

MiniStack ignores `batchItemFailures` (the record is lost), retries a failing batch without end, and runs the function
on the one thread that polls every other source. Here each mapping has its own thread while a batch is in flight, the
checkpoint is the lowest failed record, retries and age are bounded, what is given up goes to the on-failure
destination, records are gathered for a batch, and tumbling windows carry their fields.
"""

import contextvars
import threading
import time
from typing import Any

from cloud.mends.stream_batch import Batch, Outcome, read_outcome
from cloud.mends.stream_window import Windows, created

MOST_BACKOFF_SECS = 30.0


class Progress:
    """What is remembered of one mapping between its batches."""

    def __init__(self) -> None:
        self.attempts = 0
        self.limit: int | None = None
        self.busy = False
        self.not_before = 0.0
        self.windows = Windows()
        # Wakes the poller when what is gathered is to be read.
        self.gathering: threading.Timer | None = None


def apply() -> None:
    from ministack.services import cloudwatch, dynamodb
    from ministack.services import lambda_svc as functions

    known: dict[str, Progress] = {}

    def position_of(mapping: dict[str, Any], table: str) -> int:
        identity = mapping["UUID"]
        first, end = dynamodb.stream_start_position(table), dynamodb.stream_end_position(table)
        with functions._dynamodb_stream_positions_lock:
            positions = functions._dynamodb_stream_positions
            if identity not in positions:
                positions[identity] = first if mapping.get("StartingPosition") == "TRIM_HORIZON" else end
            # Beyond the end: the process was killed after the position was saved and before the records were.
            positions[identity] = min(max(positions[identity], first), end)
            return positions[identity]

    def advance(mapping: dict[str, Any], position: int) -> None:
        with functions._dynamodb_stream_positions_lock:
            functions._dynamodb_stream_positions[mapping["UUID"]] = position

    def give_up(mapping: dict, function: dict, batch: Batch, result: dict, condition: str) -> None:
        functions._send_ddb_stream_failure_record(
            mapping, function, batch.records, mapping["EventSourceArn"], result, condition
        )

    def settle(mapping: dict, function: dict, batch: Batch, progress: Progress, result: dict) -> None:
        """Moves the checkpoint, or counts the attempt and waits before the next."""
        outcome: Outcome = read_outcome(result, batch, mapping)
        if outcome.failed_at is None:
            advance(mapping, batch.end)
            progress.attempts, progress.limit, progress.not_before = 0, None, 0.0
            mapping["LastProcessingResult"] = f"OK - {len(batch.records)} records"
            return
        mapping["LastProcessingResult"] = "FAILED"
        functions.logger.warning(
            "stream: %s failed %s\n%s", mapping["FunctionName"], outcome.reason, result.get("log", "")
        )
        if outcome.failed_at > batch.start:
            advance(mapping, outcome.failed_at)
            progress.attempts = 0
        left = batch.starting_at(outcome.failed_at)
        oldest = mapping.get("MaximumRecordAgeInSeconds", -1)
        most = mapping.get("MaximumRetryAttempts", -1)
        if oldest is not None and 0 < int(oldest) < left.age_secs(time.time()):
            condition = "MaxRecordAgeExceeded"
        elif mapping.get("BisectBatchOnFunctionError") and len(left.records) > 1:
            # Splitting does not count towards the retries.
            progress.limit = max(1, left.width // 2)
            condition = ""
        elif most is not None and 0 <= int(most) <= progress.attempts:
            condition = "RetryAttemptsExhausted"
        else:
            progress.attempts += 1
            condition = ""
        if condition:
            give_up(mapping, function, left, result, condition)
            advance(mapping, left.end)
            progress.attempts, progress.limit, progress.not_before = 0, None, 0.0
            return
        progress.not_before = time.time() + min(MOST_BACKOFF_SECS, 0.25 * 2.0**progress.attempts)

    def run(mapping: dict, function: dict, batch: Batch, progress: Progress, event: dict) -> None:
        try:
            name = mapping["FunctionName"]
            cloudwatch.record_metric(
                "AWS/Lambda", "IteratorAge", 1000 * batch.age_secs(time.time()), "Milliseconds", {"FunctionName": name}
            )
            result = functions._execute_function(function, event)
            if batch.records:
                settle(mapping, function, batch, progress, result)
            elif result.get("error"):
                progress.not_before = time.time() + 1
                return
            progress.windows.answered(event, result)
        except Exception:
            functions.logger.exception("stream: the poller failed on %s", mapping.get("FunctionName"))
            progress.not_before = time.time() + 1
        finally:
            progress.busy = False
            # The poller sleeps until it is woken: now, or when this mapping may be read again.
            threading.Timer(max(0.0, progress.not_before - time.time()), functions._esm_wake.set).start()

    def start(mapping: dict, function: dict, batch: Batch, progress: Progress, event: dict) -> None:
        progress.busy = True
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run,
            args=(run, mapping, function, batch, progress, event),
            name="stream-mapping",
            daemon=True,
        ).start()

    def read(mapping: dict[str, Any]) -> bool:
        """Starts the next batch of one mapping; whether there was one."""
        source = functions.parse_arn(mapping.get("EventSourceArn", ""))
        if source.service != "dynamodb":
            return False
        named = functions._dynamodb_stream_table_from_arn_spec(source)
        table = dynamodb._tables.get(named[0]) if named else None
        if named is None or table is None or table.get("LatestStreamArn") != mapping["EventSourceArn"]:
            return False
        progress = known.setdefault(mapping["UUID"], Progress())
        function, _config = functions._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        if function is None or progress.busy or progress.not_before > time.time():
            return False
        start_at = position_of(mapping, named[0])
        most = min(mapping.get("BatchSize", 100), progress.limit or 10_000)
        raw = dynamodb.stream_records_since(named[0], start_at, most)
        gathers_secs = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
        if raw and len(raw) < most and (left_secs := gathers_secs - (time.time() - created(raw[0]))) > 0:
            # Woken by every write: a timer for each would be many.
            if progress.gathering is None or not progress.gathering.is_alive():
                progress.gathering = threading.Timer(left_secs, functions._esm_wake.set)
                progress.gathering.daemon = True
                progress.gathering.start()
            raw = []
        width_secs = int(mapping.get("TumblingWindowInSeconds") or 0)
        if width_secs:
            raw = progress.windows.cut(raw, width_secs)
        batch = Batch.of(raw, functions._apply_filter_criteria(raw, mapping), start_at)
        if raw and not batch.records:
            advance(mapping, batch.end)
            return True
        if not raw and not (width_secs and progress.windows.over(time.time())):
            return False
        event: dict[str, Any] = {"Records": batch.records}
        if width_secs:
            event = progress.windows.event(batch.records, mapping["EventSourceArn"], final=not raw)
        start(mapping, function, batch, progress, event)
        return True

    def poll() -> bool:
        found = False
        for account, region, mapping in functions._iter_all_esms():
            if not mapping.get("Enabled", True):
                continue
            account_token = functions._request_account_id.set(account)
            region_token = functions._request_region.set(region)
            try:
                found = read(mapping) or found
            except functions.ArnParseError:
                continue
            finally:
                functions._request_account_id.reset(account_token)
                functions._request_region.reset(region_token)
        return found

    functions._poll_dynamodb_streams = poll
