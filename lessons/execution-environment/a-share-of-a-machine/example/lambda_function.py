"""Does the same computation at module level and in the handler, and tells how long each took."""

import os
import time


def compute():
    """The time that a fixed piece of work takes, in milliseconds."""
    begun = time.perf_counter()
    sum(number * number for number in range(300_000))
    return round((time.perf_counter() - begun) * 1000)


in_init = compute()


def lambda_handler(event, context):
    return {
        "memory_size_mb": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        "in_init_ms": in_init,
        "in_handler_ms": compute(),
    }
