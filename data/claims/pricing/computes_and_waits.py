"""Pays for the same computation, and for the same wait, with little memory and with much."""

CODE = """
import time


def lambda_handler(event, context):
    if event.get("wait"):
        time.sleep(event["wait"])
        return
    total = 0
    for number in range(event.get("rounds", 0)):
        total += number * number
"""


def billed(function, event, times=3):
    return min(function.invoke(event).report.billed_duration_ms for _ in range(times))


def observe(stage, small, large, rounds, wait):
    functions = {size: stage.function(CODE, memory_size=size, timeout=60) for size in (small, large)}
    for function in functions.values():
        function.invoke()
    tries = {small: 3, large: 12}  # a whole vCPU is what a busy host has least of: among many there is one with it
    computing = {size: billed(function, {"rounds": rounds}, tries[size]) for size, function in functions.items()}
    waiting = {size: billed(function, {"wait": wait}) for size, function in functions.items()}
    cost = computing[large] * large / (computing[small] * small)
    return {
        "computing_small_ms": computing[small],
        "computing_large_ms": computing[large],
        "computing_times_faster": round(computing[small] / computing[large], 1),
        "computing_cost_large_to_small": round(cost, 2),
        "computing_cost_small_to_large": round(1 / cost, 2),
        "waiting_cost_large_to_small": round(waiting[large] * large / (waiting[small] * small), 2),
    }
