"""moto's DynamoDB tables and the records of their streams, told as DynamoDB tells them."""

import base64
from collections.abc import Mapping
from types import ModuleType
from typing import Any

_CONTAINER = 3  # bytes that a list or a map costs beside what is in it
_ELEMENT = 1  # bytes that each element of a list or a map costs beside itself
_EMPTY = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def mend_tables(module: ModuleType) -> None:
    """Mend ``moto.dynamodb.models.table``: tables have ids and tell no indexes they lack; records tell their size."""
    table, record = module.Table, module.StreamRecord
    made, described, recorded = table.__init__, table.describe, record.__init__

    def init(self: Any, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        self.table_id = str(module.mock_random.uuid4())

    def describe(self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
        result: dict[str, Any] = described(self, base_key)
        told = result[base_key]
        told["TableId"] = self.table_id
        for member in _EMPTY:
            if not told.get(member):
                told.pop(member, None)
        if base_key == "TableDescription":  # what changes a table does not tell how warm it is
            told.pop("WarmThroughput", None)
        return result

    def record_init(self: Any, *args: Any, **named: Any) -> None:
        recorded(self, *args, **named)
        change = self.record["dynamodb"]
        images = (change.get(member) or {} for member in ("Keys", "NewImage", "OldImage"))
        change["SizeBytes"] = sum(map(item_size, images))

    table.__init__, table.describe, record.__init__ = init, describe, record_init


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The bytes of an item by DynamoDB's count: its names and values. ``item`` has typed values (``{"S": "x"}``).

    Source: DynamoDB developer guide, item sizes and formats; sizes of stream records as recorded.
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    kind, value = next(iter(typed.items()))
    if kind == "M":
        return _CONTAINER + _ELEMENT * len(value) + item_size(value)
    if kind == "L":
        return _CONTAINER + sum(_ELEMENT + _value_size(one) for one in value)
    if kind in ("SS", "NS", "BS"):
        return sum(_value_size({kind[0]: one}) for one in value)
    if kind == "N":
        return _number_size(str(value))
    if kind == "B":
        return len(base64.b64decode(value)) if isinstance(value, str) else len(value)
    return len(value.encode()) if kind == "S" else 1  # a truth value or a null


def _number_size(number: str) -> int:
    """About one byte for two significant digits, one more for all, and one for a sign."""
    mantissa = number.lstrip("+-").lower().partition("e")[0]
    digits = mantissa.replace(".", "").strip("0") or "0"
    return (len(digits) + 1) // 2 + 1 + number.startswith("-")
