"""Returns values that JSON writes in another way, some that it cannot write, and a coroutine."""

PLAIN = """
from decimal import Decimal


def lambda_handler(event, context):
    answers = {"tuple": (1, 2), "keys": {7: "seven"}, "decimal": Decimal("12.50"), "none": None}
    return answers[event["kind"]]
"""

ASYNCHRONOUS = """
async def lambda_handler(event, context):
    return "answered"
"""


def observe(stage):
    function = stage.function(PLAIN)
    answers = {kind: function.invoke({"kind": kind}) for kind in ("tuple", "keys", "decimal")}
    coroutine = stage.function(ASYNCHRONOUS).invoke()
    return {
        "tuple_is_list": answers["tuple"].payload == [1, 2],
        "number_key_is_text": answers["keys"].payload == {"7": "seven"},
        "decimal_kind": type(answers["decimal"].payload).__name__,
        "decimal_value": answers["decimal"].payload,
        "coroutine_error_type": coroutine.error_type,
    }
