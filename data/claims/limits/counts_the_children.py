"""Holds memory in a child process alone, and reads what the REPORT line says of it."""

CODE = """
import os


def lambda_handler(event, context):
    megabytes = event.get("megabytes", 0)
    child = os.fork()
    if child == 0:
        hoard = b"x" * (megabytes * 1024 * 1024)
        os._exit(0 if len(hoard) >= 0 else 1)
    os.waitpid(child, 0)
    return "answered"
"""


def observe(stage, memory_size, held):
    without = stage.function(CODE, memory_size=memory_size).invoke()
    with_child = stage.function(CODE, memory_size=memory_size).invoke({"megabytes": held})
    difference = with_child.report.max_memory_used_mb - without.report.max_memory_used_mb
    return {
        "answered": with_child.payload == "answered",
        "used_without_mb": without.report.max_memory_used_mb,
        "used_with_mb": with_child.report.max_memory_used_mb,
        "child_is_counted": difference >= held * 9 // 10,
        "within_memory": with_child.report.max_memory_used_mb <= memory_size,
    }
