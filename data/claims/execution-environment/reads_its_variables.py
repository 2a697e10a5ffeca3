"""Asks a function for the variables that Lambda sets, for one of its own, and for the time zone."""

CODE = """
import os
import time

LAMBDA_S_OWN = (
    "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "_HANDLER",
)


def lambda_handler(event, context):
    return {
        "unset": [name for name in LAMBDA_S_OWN if name not in os.environ],
        "memory": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        "task_root": os.environ["LAMBDA_TASK_ROOT"],
        "initialization": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"],
        "own": os.environ["RETRIES"],
        "zone": time.tzname[0],
        "hours_from_utc": time.localtime().tm_gmtoff / 3600,
        "context_memory": context.memory_limit_in_mb,
    }
"""


def observe(stage, memory_size, retries):
    environment = {"RETRIES": retries}
    seen = stage.function(CODE, memory_size=memory_size, environment=environment).invoke().payload
    return {
        **seen,
        "unset": " ".join(seen["unset"]),
        "memory_kind": type(seen["context_memory"]).__name__,
        "own_kind": type(seen["own"]).__name__,
    }
