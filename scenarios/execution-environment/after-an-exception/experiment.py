"""A connection made at module level, and an invocation that raises."""

CODE = '''
import itertools

print("connecting")
tickets = itertools.count(1)


def lambda_handler(event, context):
    ticket = next(tickets)
    if event.get("broken"):
        raise ValueError("no such customer")
    return ticket
'''


def observe(stage, good):
    """``good`` invocations, one that raises, one more; describe the last two."""
    function = stage.function(CODE)
    invocations = [function.invoke({}) for _ in range(good)]
    raised, after = function.invoke({"broken": True}), function.invoke({})
    return {
        "error_type": raised.error_type,
        "function_error": raised.function_error,
        "connections": sum(one.printed.count("connecting") for one in [*invocations, raised, after]),
        "ticket": after.payload if after.function_error is None else None,
        "error_after": after.error_type,
        "init_duration_ms": after.report.init_duration_ms,
    }
