"""Sends an event that is too large, then one that fits, to a function that counts its invocations."""

CODE = """
calls = 0


def lambda_handler(event, context):
    global calls
    calls += 1
    return {"calls": calls, "characters": len(event["filler"])}
"""


def observe(stage, fits, too_many):
    function = stage.function(CODE, memory_size=512, timeout=20)
    try:
        function.invoke({"filler": "x" * too_many})
        exceeding = "accepted"
    except ValueError as refusal:
        exceeding = refusal.code
    fitting = function.invoke({"filler": "x" * fits}).payload
    return {"exceeding": exceeding, "ran_for_it": fitting["calls"] > 1, "fitting": fitting["characters"]}
