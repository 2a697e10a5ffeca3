"""Prints a line, and is ended in three ways before it can print another."""

CODE = """
import os
import time


def lambda_handler(event, context):
    print("before the end")
    if event["end"] == "timeout":
        time.sleep(30)
    if event["end"] == "exit":
        os._exit(1)
    if event["end"] == "memory":
        hoard = [b"x" * (8 * 1024 * 1024) for _ in range(50)]
    print("after the end")
"""


def observe(stage, timeout):
    seen = {}
    for end in ("timeout", "exit", "memory"):
        ended = stage.function(CODE, timeout=timeout).invoke({"end": end})
        seen[f"kept_before_{end}"] = ended.printed.count("before the end")
        seen[f"printed_after_{end}"] = ended.printed.count("after the end")
        seen[f"error_type_of_{end}"] = ended.error_type
    return seen
