"""Works through a fixed amount of CPU time, with little memory and with much, and looks how long that lasted."""

CODE = """
import time


def lambda_handler(event, context):
    began = time.monotonic()
    until = time.process_time() + event["cpu_seconds"]
    while time.process_time() < until:
        sum(range(2000))
    return event["cpu_seconds"] / (time.monotonic() - began)
"""


def observe(stage, small, large, cpu_seconds):
    shares = [
        stage.function(CODE, memory_size=size, timeout=60).invoke({"cpu_seconds": cpu_seconds}).payload
        for size in (small, large)
    ]
    return {
        "share_small": round(shares[0], 2),
        "share_large": round(shares[1], 2),
        "more_with_more_memory": shares[1] > 2 * shares[0],
    }
