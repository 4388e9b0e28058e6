"""CloudWatch alarms change state by themselves.

MiniStack evaluates an alarm only when a metric is put by API, mixes the metrics of all dimensions, knows no rule for
missing data, and publishes no queue depths. Here every alarm is evaluated on its own metric every few seconds.
"""

import operator
import os
import threading
import time
from typing import Any

MISSING_DATA_STATES = {"notBreaching": "OK", "breaching": "ALARM", "missing": "INSUFFICIENT_DATA"}
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# The queue depths are sampled without end: keep what an alarm of an hour looks at.
MOST_SAMPLES = 720


def apply() -> None:
    from ministack.core import responses
    from ministack.services import cloudwatch, sqs

    def recent_points(alarm: dict[str, Any]) -> list[dict[str, Any]]:
        dimensions = alarm.get("Dimensions") or {}
        if isinstance(dimensions, list):
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in dimensions}
        key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
        since = time.time() - float(alarm.get("Period") or 60) * int(alarm.get("EvaluationPeriods") or 1)
        return [point for point in list(cloudwatch._metrics.get(key) or []) if point["Timestamp"] >= since]

    def judge(alarm: dict[str, Any]) -> tuple[str, str]:
        points = recent_points(alarm)
        if not points:
            missing = alarm.get("TreatMissingData") or "missing"
            state = MISSING_DATA_STATES.get(missing, alarm["StateValue"])
            return state, f"No data points were received; missing data is treated as {missing}"
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        value = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
        compare = COMPARISONS.get(alarm.get("ComparisonOperator", ""))
        if value is None or compare is None:
            return alarm["StateValue"], ""
        threshold = alarm.get("Threshold", 0)
        breaching = compare(value, float(threshold))
        return "ALARM" if breaching else "OK", f"{statistic} {value} against the threshold {threshold}"

    def evaluate(alarm: dict[str, Any]) -> None:
        if not alarm.get("Namespace") or not alarm.get("MetricName"):
            return
        before = alarm["StateValue"]
        state, reason = judge(alarm)
        if state == before:
            return
        alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
        cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
        cloudwatch._evaluate_parent_alarms(alarm)

    def publish_queue_depths() -> None:
        now = time.time()
        for queue in sqs._queues.values():
            dimensions = {"QueueName": queue["attributes"]["QueueArn"].rpartition(":")[2]}
            waiting = [message for message in list(queue["messages"]) if message.get("visible_at", 0) <= now]
            oldest = min((message["sent_at"] for message in waiting), default=now)
            for metric, value, unit in (
                ("ApproximateNumberOfMessagesVisible", len(waiting), "Count"),
                ("ApproximateAgeOfOldestMessage", now - oldest, "Seconds"),
            ):
                cloudwatch.record_metric("AWS/SQS", metric, value, unit, dimensions)
                samples = cloudwatch._metric_bucket(("AWS/SQS", metric, cloudwatch._dims_key(dimensions)))
                del samples[:-MOST_SAMPLES]

    def watch(every_secs: float) -> None:
        while True:
            time.sleep(every_secs)
            for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
                account_token = responses._request_account_id.set(account)
                region_token = responses._request_region.set(region)
                try:
                    publish_queue_depths()
                    cloudwatch._evaluate_all_alarms()
                except Exception:
                    cloudwatch.logger.exception("alarms: this round failed, the next comes")
                finally:
                    responses._request_account_id.reset(account_token)
                    responses._request_region.reset(region_token)

    cloudwatch._evaluate_alarm = evaluate
    every_secs = float(os.environ.get("ALARM_SECONDS", "10"))
    threading.Thread(target=watch, args=(every_secs,), name="alarms", daemon=True).start()
