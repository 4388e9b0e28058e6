"""What DynamoDB charges, by its documentation's own rules."""

import json
from typing import Any

import pytest

from bench.capacity import Capacity, size_of


def key(sort: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sort}}


def item(sort: str, size: int) -> dict[str, Any]:
    # Names count, too: pk, p, sk, the key itself and `body`.
    return {**key(sort), "body": {"S": "x" * (size - 9 - len(sort))}}


def test_names_and_values_count_as_bytes() -> None:
    assert size_of(item("s", 1000)) == 1000
    assert size_of({"ä": {"S": "ö"}}) == 4
    assert size_of({"n": {"N": "100"}, "m": {"N": "-123.45"}}) == 1 + 2 + 1 + 5
    assert size_of({"l": {"L": [{"BOOL": True}, {"NULL": True}]}}) == 1 + 3 + 4
    assert size_of({"m": {"M": {"ab": {"S": "c"}}}}) == 1 + 3 + 4
    assert size_of({"s": {"SS": ["ab", "c"]}, "b": {"B": "AAAA"}}) == 1 + 3 + 1 + 3


def units(
    capacity: Capacity, operation: str, request: Any, answer: Any = None, after: Any = None, status: int = 200
) -> Any:
    return capacity.of(operation, json.dumps(request).encode(), status, json.dumps(answer or {}).encode(), after or {})


@pytest.mark.parametrize(("size", "each"), [(20, 1), (1024, 1), (1025, 2), (3000, 3)])
def test_a_write_costs_a_unit_for_each_kilobyte_begun_and_twice_in_a_transaction(size: int, each: int) -> None:
    put = {"TableName": "t", "Item": item("w", size)}
    two = [{"PutRequest": {"Item": item(sort, size)}} for sort in ("w1", "w2")]
    both = [{"Put": {"TableName": "t", "Item": item(sort, size)}} for sort in ("w1", "w2")]
    assert units(Capacity(), "PutItem", put) == (0, each)
    assert units(Capacity(), "BatchWriteItem", {"RequestItems": {"t": two}}) == (0, 2 * each)
    assert units(Capacity(), "TransactWriteItems", {"TransactItems": both}) == (0, 4 * each)


def test_an_item_in_the_index_is_written_there_too() -> None:
    put = {"TableName": "t", "Item": {**item("w", 100), "feed": {"S": "unwanted"}, "feed_at": {"N": "1"}}}
    assert units(Capacity(), "PutItem", put) == (0, 2)


def test_an_update_costs_by_the_larger_of_before_and_after() -> None:
    capacity = Capacity()
    update = {"TableName": "t", "Key": key("u")}
    units(capacity, "PutItem", {"TableName": "t", "Item": item("u", 3000)})
    assert units(capacity, "UpdateItem", update, after={"p|u": item("u", 100)}) == (0, 3)
    assert units(capacity, "UpdateItem", update, after={"p|u": item("u", 1500)}) == (0, 2)
    deleted = {"TableName": "t", "Key": key("u")}
    assert units(capacity, "DeleteItem", deleted) == (0, 2)
    assert units(capacity, "DeleteItem", deleted) == (0, 1)


def test_a_write_whose_condition_fails_costs_what_it_would_have_and_a_refused_one_nothing() -> None:
    capacity = Capacity()
    put = {"TableName": "t", "Item": item("c", 2000)}
    assert units(capacity, "PutItem", put, {"__type": "#ConditionalCheckFailedException"}, status=400) == (0, 2)
    assert units(capacity, "PutItem", put, {"__type": "#AccessDeniedException"}, status=400) == (0, 0)
    assert units(capacity, "PutItem", {"TableName": "t", "Item": item("c", 20)}) == (0, 1)


@pytest.mark.parametrize(("consistent", "unit"), [(True, 1), (False, 0.5)])
def test_a_read_costs_a_unit_for_each_four_kilobytes_begun_and_one_for_nothing(consistent: bool, unit: float) -> None:
    get = {"TableName": "t", "Key": key("r"), "ConsistentRead": consistent}
    large = item("r", 5000)
    assert units(Capacity(), "GetItem", get, {"Item": large}) == (2 * unit, 0)
    assert units(Capacity(), "GetItem", get) == (unit, 0)
    asked = {"t": {"Keys": [key("r"), key("nobody")], "ConsistentRead": consistent}}
    answer = {"Responses": {"t": [large]}, "UnprocessedKeys": {}}
    assert units(Capacity(), "BatchGetItem", {"RequestItems": asked}, answer) == (3 * unit, 0)
    left = {"Responses": {"t": [large]}, "UnprocessedKeys": {"t": {"Keys": [key("nobody")]}}}
    assert units(Capacity(), "BatchGetItem", {"RequestItems": asked}, left) == (2 * unit, 0)
    query = {"TableName": "t", "ConsistentRead": consistent}
    assert units(Capacity(), "Query", query, {"Items": [item("a", 2500), item("b", 2500)]}) == (2 * unit, 0)


def test_what_a_projection_leaves_out_is_read_all_the_same() -> None:
    capacity = Capacity()
    units(capacity, "PutItem", {"TableName": "t", "Item": item("p", 5000)})
    asked = {"t": {"Keys": [key("p")], "ConsistentRead": True, "ProjectionExpression": "pk, sk"}}
    assert units(capacity, "BatchGetItem", {"RequestItems": asked}, {"Responses": {"t": [key("p")]}}) == (2, 0)
