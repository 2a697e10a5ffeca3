"""Hoards more than the memory size: in one process, then in two of which each alone would fit."""

ALONE = """
def lambda_handler(event, context):
    print("began")
    hoard = []
    try:
        for _ in range(event["megabytes"] // 8):
            hoard.append(b"x" * (8 * 1024 * 1024))
    except BaseException:
        print("caught")
    finally:
        print("cleaned up")
    return "finished"
"""

TOGETHER = """
import os
import time


def lambda_handler(event, context):
    half = event["megabytes"] * 1024 * 1024
    heard, said = os.pipe()
    child = os.fork()
    hoard = b"x" * half
    if child == 0:
        os.write(said, b"mine is here too")
        time.sleep(60)
        os._exit(0)
    os.close(said)
    os.read(heard, 1)
    time.sleep(1)
    return len(hoard)
"""


def observe(stage, memory_size, hoarded):
    alone = stage.function(ALONE, memory_size=memory_size, timeout=20).invoke({"megabytes": hoarded})
    half = memory_size * 5 // 8
    together = stage.function(TOGETHER, memory_size=memory_size, timeout=20).invoke({"megabytes": half})
    return {
        "began": "began" in alone.printed,
        "caught": "caught" in alone.printed,
        "cleaned_up": "cleaned up" in alone.printed,
        "finished": alone.payload == "finished",
        "error_type": alone.error_type,
        "status": alone.report.status,
        "used_mb": alone.report.max_memory_used_mb,
        "each_of_two_mb": half,
        "together_error_type": together.error_type,
    }
