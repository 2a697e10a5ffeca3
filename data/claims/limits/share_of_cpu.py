"""Lets a handler compute, and lets it wait, with the least memory and with that of one vCPU."""

CODE = """
import time


def compute():
    total = 0
    for number in range(1_500_000):
        total += number * number
    return total


def lambda_handler(event, context):
    if event.get("warm"):
        return
    begun = time.perf_counter()
    if event["wait"]:
        time.sleep(event["wait"])
    else:
        compute()
    return (time.perf_counter() - begun) * 1000
"""


def took(function, wait):
    return function.invoke({"wait": wait}).payload


def observe(stage, small, whole, wait):
    slow, fast = (stage.function(CODE, memory_size=size, timeout=60) for size in (small, whole))
    for function in (slow, fast):
        function.invoke({"warm": True})
    slow_ms, fast_ms = took(slow, 0), min(took(fast, 0) for _ in range(5))
    slow_wait, fast_wait = took(slow, wait), took(fast, wait)
    return {
        "computing_small_ms": round(slow_ms, 1),
        "computing_whole_ms": round(fast_ms, 1),
        "computing_times_longer": round(slow_ms / fast_ms, 1),
        "waiting_times_longer": round(slow_wait / fast_wait, 1),
    }
