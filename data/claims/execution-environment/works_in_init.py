"""Does the same computation at module level and in the handler, with the least memory there is."""

CODE = """
import time


def compute():
    begun = time.perf_counter()
    total = 0
    for number in range(500_000):
        total += number * number
    return (time.perf_counter() - begun) * 1000


in_init = min(compute() for _ in range(5))


def lambda_handler(event, context):
    return {"init_ms": in_init, "handler_ms": min(compute() for _ in range(3))}
"""


def observe(stage, memory_size):
    seen = stage.function(CODE, memory_size=memory_size, timeout=60).invoke().payload
    return {
        "init_ms": round(seen["init_ms"], 1),
        "handler_ms": round(seen["handler_ms"], 1),
        "times_slower": round(seen["handler_ms"] / seen["init_ms"], 1),
    }
