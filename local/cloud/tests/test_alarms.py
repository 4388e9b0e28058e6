"""Alarms that change state by themselves."""

from typing import Any

from .conftest import Cloud, eventually


def queue_alarm(cloud: Cloud, queue: str) -> None:
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=queue,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        Statistic="Maximum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic(cloud, queue)],
    )


def topic(cloud: Cloud, name: str) -> str:
    arn = cloud.client("sns").create_topic(Name=name)["TopicArn"]
    told = cloud.client("sqs").create_queue(QueueName=f"{name}-told")["QueueUrl"]
    target = f"arn:aws:sqs:us-east-1:000000000000:{name}-told"
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage",'
        f'"Resource":"{target}"}}]}}'
    )
    cloud.client("sqs").set_queue_attributes(QueueUrl=told, Attributes={"Policy": policy})
    cloud.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=target)
    return arn


def state(cloud: Cloud, alarm: str) -> str:
    found: dict[str, Any] = cloud.client("cloudwatch").describe_alarms(AlarmNames=[alarm])
    return found["MetricAlarms"][0]["StateValue"]


def test_a_message_in_a_queue_raises_its_alarm_alone_and_tells(cloud: Cloud) -> None:
    urls = {name: cloud.client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("full", "empty")}
    for name in urls:
        queue_alarm(cloud, name)
    eventually(lambda: state(cloud, "full") == "OK")
    cloud.client("sqs").send_message(QueueUrl=urls["full"], MessageBody="dead")
    eventually(lambda: state(cloud, "full") == "ALARM")
    assert state(cloud, "empty") == "OK"
    told = cloud.client("sqs").get_queue_url(QueueName="full-told")["QueueUrl"]
    eventually(lambda: cloud.client("sqs").receive_message(QueueUrl=told).get("Messages"))


def test_missing_data_is_treated_as_the_alarm_says(cloud: Cloud) -> None:
    for treatment in ("notBreaching", "breaching", "missing"):
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=treatment,
            Namespace="Never",
            MetricName="Published",
            Statistic="Sum",
            Period=10,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData=treatment,
        )
    eventually(lambda: state(cloud, "notBreaching") == "OK")
    eventually(lambda: state(cloud, "breaching") == "ALARM")
    assert state(cloud, "missing") == "INSUFFICIENT_DATA"
