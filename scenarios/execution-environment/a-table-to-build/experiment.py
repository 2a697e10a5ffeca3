"""The same computation at module level and in the handler."""

CODE = '''
import time


def build():
    begun = time.perf_counter()
    table = [number * number % 97 for number in range(400_000)]
    return (time.perf_counter() - begun) * 1000, len(table)


print("building")
init_ms = min(build()[0] for _ in range(5))


def lambda_handler(event, context):
    return {"init_ms": init_ms, "handler_ms": min(build()[0] for _ in range(3))}
'''


def observe(stage, memory_size):
    """Three invocations in one environment; of each place the shortest computation counts."""
    function = stage.function(CODE, memory_size=memory_size, timeout=60)
    invocations = [function.invoke({}) for _ in range(3)]
    seen = invocations[0].payload
    return {
        "times_slower": round(seen["handler_ms"] / seen["init_ms"], 1),
        "module_runs": sum(one.printed.count("building") for one in invocations),
    }
