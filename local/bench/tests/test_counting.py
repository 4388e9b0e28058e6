"""Which call a request is, and what counted calls cost."""

import pytest

from bench.costs import Invoked, costs, prices, share_of_ses
from bench.counting import Asked, Count, Counts, asked


def signed(service: str, **more: str) -> dict[str, str]:
    scope = f"20260301/us-east-1/{service}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 Credential=ASIA1/{scope}, SignedHeaders=host, Signature=ab", **more}


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "expected"),
    [
        ("POST", "/", signed("dynamodb", **{"x-amz-target": "DynamoDB_20120810.GetItem"}), b"{}", "dynamodb GetItem"),
        ("POST", "/", signed("sqs", **{"x-amz-target": "AmazonSQS.SendMessageBatch"}), b"{}", "sqs SendMessageBatch"),
        ("POST", "/", signed("sns"), b"Action=Publish&Version=2010-03-31&Message=a%26b", "sns Publish"),
        ("POST", "/v2/email/outbound-emails", signed("ses"), b"{}", "ses SendEmail"),
        ("PUT", "/bucket/lists/shard-1.jsonl", signed("s3"), b"", "s3 PutObject"),
        ("PUT", "/bucket/key?partNumber=1&uploadId=u", signed("s3"), b"", "s3 UploadPart"),
        ("POST", "/bucket/key?uploads", signed("s3"), b"", "s3 CreateMultipartUpload"),
        ("POST", "/bucket/key?uploadId=u", signed("s3"), b"", "s3 CompleteMultipartUpload"),
        ("GET", "/bucket/key?x-id=GetObject", signed("s3"), b"", "s3 GetObject"),
        ("HEAD", "/bucket/key", signed("s3"), b"", "s3 HeadObject"),
        ("GET", "/_health", {}, b"", "unsigned GET /_health"),
    ],
)
def test_a_call_is_known_by_its_signature_and_its_form(
    method: str, target: str, headers: dict[str, str], body: bytes, expected: str
) -> None:
    call = asked(method, target, headers, body)
    assert f"{call.service} {call.operation}" == expected
    assert call.by == ("ASIA1" if headers else "")


def test_an_address_signed_for_somebody_else_names_its_service_too() -> None:
    target = "/bucket/uploads/1?X-Amz-Credential=ASIA2%2F20260301%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=ab"
    assert asked("PUT", target, {}, b"") == Asked("ASIA2", "s3", "PutObject")


@pytest.mark.parametrize("header", ["x-amz-user-agent", "user-agent"])
def test_a_process_may_name_itself(header: str) -> None:
    named = signed("ses", **{header: "aws-sdk-rust/1.3 os/linux lang/rust/1.95 app/record-reply"})
    assert asked("POST", "/", named, b"").by == "record-reply"


def test_a_repetition_is_known() -> None:
    assert asked("POST", "/", signed("ses", **{"amz-sdk-request": "attempt=2; max=3"}), b"").is_retry
    assert not asked("POST", "/", signed("ses", **{"amz-sdk-request": "attempt=1"}), b"").is_retry


def counted() -> Counts:
    counts = Counts()
    counts.by_call["send", "ses", "SendEmail"] = Count(requests=1000)
    counts.by_call["send", "dynamodb", "BatchWriteItem"] = Count(requests=40, write_units=1000)
    counts.by_call["verify", "dynamodb", "BatchGetItem"] = Count(requests=30, read_units=2000)
    counts.by_call["verify", "s3", "PutObject"] = Count(requests=2)
    counts.by_call["send", "s3", "GetObject"] = Count(requests=1)
    counts.by_call["verify", "sqs", "SendMessageBatch"] = Count(requests=1)
    return counts


def test_counts_are_summed_by_whatever_is_said() -> None:
    assert counted().of("dynamodb").requests == 70
    assert counted().of(function="send").requests == 1041
    assert counted().of("s3", "GetObject").requests == 1
    assert counted().of().requests == 1074


def test_a_million_cost_a_thousand_times_what_a_thousand_do() -> None:
    invoked = [Invoked("send", invocations=1, gb_seconds=0.75, log_bytes=1000, is_queued=True)]
    found = {cost.what: cost for cost in costs(counted(), invoked, 1000, prices())}
    assert found["DynamoDB writes"].dollars == pytest.approx(0.625)
    assert found["DynamoDB reads"].dollars == pytest.approx(0.25)
    assert found["Lambda, time"].dollars == pytest.approx(750 * 0.0000133334)
    assert found["Lambda, calls"].quantity == 1000
    assert found["SQS, by Lambda's polling"].quantity == 2000
    assert found["SQS, by the functions"].quantity == 1000
    assert found["S3 writes"].dollars == pytest.approx(0.01)
    assert found["S3 reads"].dollars == pytest.approx(0.0004)
    assert found["Logs"].quantity == pytest.approx(0.001)
    total = sum(cost.dollars for cost in found.values())
    assert share_of_ses(list(found.values()), prices()) == pytest.approx(total)


def test_the_table_of_prices_says_where_it_is_from() -> None:
    assert {"source", "as_of"} <= prices().keys()
    assert prices()["ses"]["mail"] * 1_000_000 == pytest.approx(100)
