"""The text of an answer is the one that AWS's own client sends, to the letter."""

import collections
import datetime as dt
import enum
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from tests.sandbox.conftest import Create

TEXTS = {
    "Decimal('5')": "5",
    "Decimal('-0')": "-0",
    "Decimal('12.50')": "12.50",
    "Decimal('0.10000000000000000001')": "0.10000000000000000001",
    "Decimal('1E+400')": "1E+400",
    "Decimal('NaN')": "NaN",
    "Decimal('sNaN')": "NaN",
    "Decimal('-Infinity')": "-Infinity",
    "{'Items': [{'id': 'a', 'n': Decimal('3')}], 'more': (True, None, 1.5, 2)}": (
        '{"Items": [{"id": "a", "n": 3}], "more": [true, null, 1.5, 2]}'
    ),
    "Point(1, 2)": '{"x": 1, "y": 2}',
    "[Point(Point(1, b'z'), {})]": '[{"x": {"x": 1, "y": "z"}, "y": {}}]',
    "{'a': b'bytes', b'k': 'v'}": '{"a": "bytes", "k": "v"}',
    "[Point(1, 'q\\u00e9\"'), float('inf'), -float('inf'), float('nan'), -0.0, 1e16]": (
        '[{"x": 1, "y": "q\\u00e9\\""}, Infinity, -Infinity, NaN, -0.0, 1e+16]'
    ),
    "{7: Point(1, 2), None: [], True: (), 2.5: {}}": '{"7": {"x": 1, "y": 2}, "null": [], "true": [], "2.5": {}}',
    "[Colour.RED, Size.BIG, collections.Counter('aab')]": '["red", 3, {"a": 2, "b": 1}]',
    "[shared, shared]": "[[1], [1]]",
}
REFUSED = {
    "{datetime.date(2026, 1, 1): 1}": "keys must be str, int, float, bool or None, not date",
    "{Decimal('1'): 1}": "keys must be str, int, float, bool or None, not Decimal",
    "[b'\\xff']": "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    "{'when': datetime.datetime(2026, 1, 1)}": "Object of type datetime is not JSON serializable",
    "[Point(1, {2})]": "Object of type set is not JSON serializable",
    "ring": "Circular reference detected",
    "Point(1, ring)": "Circular reference detected",
}
SURROUNDINGS = """
import collections, datetime, enum
from decimal import Decimal
Point = collections.namedtuple("Point", "x y")
class Colour(enum.StrEnum): RED = "red"
class Size(enum.IntEnum): BIG = 3
shared, ring = [1], []
ring.append(ring)
"""


class Point(NamedTuple):
    """As in the function."""

    x: Any
    y: Any


class Colour(enum.StrEnum):
    """As in the function."""

    RED = "red"


class Size(enum.IntEnum):
    """As in the function."""

    BIG = 3


def evaluated(expression: str) -> Any:
    """The value that the function returns."""
    ring: list[Any] = []
    ring.append(ring)
    names = {"Point": Point, "Colour": Colour, "Size": Size, "shared": [1], "ring": ring, "Decimal": Decimal}
    return eval(expression, names | {"collections": collections, "datetime": dt})


def test_numbers_names_and_bytes_are_written_as_awss_client_writes_them(create: Create) -> None:
    """What a table of DynamoDB's gives holds decimals; they keep their digits."""
    function = create(SURROUNDINGS + "def handler(event, context): return eval(event)")
    texts = {value: (function.invoke(value).body or b"").decode() for value in TEXTS}
    assert {value: text.replace("é", "\\u00e9") for value, text in texts.items()} == TEXTS


def test_what_has_no_json_is_refused_in_the_words_of_awss_client(create: Create) -> None:
    """Whatever stands around it."""
    function = create(SURROUNDINGS + "def handler(event, context): return eval(event)")
    answers = [function.invoke(value) for value in REFUSED]
    assert {answer.error_type for answer in answers} == {"Runtime.MarshalError"}
    messages = [answer.payload["errorMessage"] for answer in answers]
    assert messages == [f"Unable to marshal response: {message}" for message in REFUSED.values()]


def test_awss_client_says_so() -> None:
    """Where its package is installed beside the tests, it is asked."""
    marshaller = pytest.importorskip("awslambdaric.lambda_runtime_marshaller").LambdaMarshaller()
    fault = pytest.importorskip("awslambdaric.lambda_runtime_exception").FaultException
    assert {value: marshaller.marshal_response(evaluated(value))[0] for value in TEXTS} == TEXTS
    for value, message in REFUSED.items():
        with pytest.raises(fault) as refused:
            marshaller.marshal_response(evaluated(value))
        assert refused.value.msg == f"Unable to marshal response: {message}"
