"""What DynamoDB charges for a call, by the bytes of its items, as its documentation has it. Pure.

Writes: a unit for each KB begun of the larger of the item before and after, twice that in a transaction. Reads: a unit
for each 4 KB begun, half of it where they need not be consistent, twice where they are a transaction; a unit at least,
also for an item that is not there. What a projection leaves out of the answer is read all the same. (The local
DynamoDB's own ConsumedCapacity is another number for some of these, so nobody asks it.)
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
KB = 1024
# The table's index has an entry of keys alone for each item with this attribute, written with it for a unit more.
INDEX = "feed"


def size_of(item: Item) -> int:
    return sum(len(name.encode()) + _size_of_value(value) for name, value in item.items())


def _size_of_value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = content.lstrip("-").replace(".", "").strip("0")
            return math.ceil(len(digits) / 2) + 1 + content.startswith("-")
        case "B":
            return len(content.rstrip("=")) * 3 // 4
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _size_of_value(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size_of_value(one) for name, one in content.items())
        case "SS" | "NS" | "BS":
            return sum(_size_of_value({kind[0]: one}) for one in content)
    raise ValueError(f"an attribute of the kind {kind}")


def key_of(item: Item) -> str:
    return f"{item['pk']['S']}|{item['sk']['S']}"


def write_units(*sizes: int) -> int:
    return max(1, math.ceil(max(sizes) / KB))


def read_units(size: int, *, consistent: bool) -> float:
    return max(1, math.ceil(size / (4 * KB))) * (1.0 if consistent else 0.5)


class Capacity:
    """Counts call by call; remembers how large each item was when it was last seen."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}

    def of(
        self, operation: str, body: bytes, status: int, answer: bytes, after: Mapping[str, Item | None]
    ) -> tuple[float, float]:
        """Read units and write units of a call. `after` has the items its updates have changed, as they are now."""
        request = json.loads(body)
        if operation in READS:
            return (self._read(operation, request, json.loads(answer)), 0.0) if status == 200 else (0.0, 0.0)
        # A write whose condition fails costs what it would have.
        if status != 200 and b"ConditionalCheckFailed" not in answer:
            return 0.0, 0.0
        units = 0
        for write in writes_of(operation, request):
            item = after.get(write.key) if write.is_update else write.item
            size = size_of(item) if item else 0
            units += write_units(self._sizes.get(write.key, 0), size) + (INDEX in (item or {}))
            if status == 200:
                self._sizes[write.key] = size
        return 0.0, float(2 * units if operation == "TransactWriteItems" else units)

    def _read(self, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
        if operation == "GetItem":
            size = self._size(answer.get("Item"), key_of(request["Key"]))
            return read_units(size, consistent=request.get("ConsistentRead", False))
        if operation == "BatchGetItem":
            units = 0.0
            for table, asked in request["RequestItems"].items():
                found = {key_of(item): item for item in answer["Responses"].get(table, [])}
                left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
                not_read = {key_of(key) for key in left}
                for key in (key_of(key) for key in asked["Keys"]):
                    if key not in not_read:
                        size = self._size(found.get(key), key)
                        units += read_units(size, consistent=asked.get("ConsistentRead", False))
            return units
        # A query is charged for all it read together.
        size = sum(self._size(item, key_of(item) if "pk" in item else "") for item in answer.get("Items", []))
        return read_units(size, consistent=request.get("ConsistentRead", False))

    def _size(self, item: Item | None, key: str) -> int:
        """The larger of what was answered, perhaps a part of it, and what is known of the whole."""
        return max(size_of(item), self._sizes.get(key, 0)) if item else 0


@dataclass(frozen=True)
class Write:
    """One item a call writes; nothing remains of a deleted one. What an update makes of it only the table knows."""

    key: str
    item: Item | None
    is_update: bool = False


READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


def writes_of(operation: str, request: Mapping[str, Any]) -> list[Write]:
    match operation:
        case "PutItem":
            return [_put(request["Item"])]
        case "UpdateItem":
            return [Write(key_of(request["Key"]), None, is_update=True)]
        case "DeleteItem":
            return [Write(key_of(request["Key"]), None)]
        case "BatchWriteItem":
            each = [write for writes in request["RequestItems"].values() for write in writes]
            return [
                _put(write["PutRequest"]["Item"])
                if "PutRequest" in write
                else Write(key_of(write["DeleteRequest"]["Key"]), None)
                for write in each
            ]
        case "TransactWriteItems":
            each = [(kind, write) for item in request["TransactItems"] for kind, write in item.items()]
            return [
                _put(write["Item"]) if kind == "Put" else Write(key_of(write["Key"]), None, is_update=kind != "Delete")
                for kind, write in each
            ]
    return []


def _put(item: Item) -> Write:
    return Write(key_of(item), item)
