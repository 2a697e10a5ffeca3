"""Two events in one environment; the handler keeps something of the first in a variable of its process."""

CODE = """
import os


def lambda_handler(event, context):
    if "customer" in event:
        os.environ["ACT_AS"] = event["customer"]
    return os.environ.get("ACT_AS")
"""


def observe(stage):
    function = stage.function(CODE)
    first, second = function.invoke({"customer": "lena"}), function.invoke({})
    return {"first": first.payload, "second": second.payload, "cold": second.cold}
