"""Starts threads and processes until no more can be started; all of them only wait."""

THREADS = """
import threading


def lambda_handler(event, context):
    done = threading.Event()
    threading.stack_size(64 * 1024)
    started = 0
    error_type = None
    try:
        for _ in range(event["attempted"]):
            threading.Thread(target=done.wait).start()
            started += 1
    except RuntimeError as error:
        error_type = type(error).__name__
    done.set()
    return {"started": started, "error_type": error_type}
"""

PROCESSES = """
import os
import signal
import time


def lambda_handler(event, context):
    children = []
    errno = None
    try:
        for _ in range(event["attempted"]):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    except OSError as error:
        errno = error.errno
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {"started": len(children), "errno": errno}
"""


def observe(stage, attempted, memory_size):
    settings = {"memory_size": memory_size, "timeout": 60}
    threads = stage.function(THREADS, **settings).invoke({"attempted": attempted}).payload
    forking = stage.function(PROCESSES, **settings)
    processes = forking.invoke({"attempted": attempted}).payload
    again = forking.invoke({"attempted": 10})
    return {
        "threads_started": threads["started"],
        "threads_error_type": threads["error_type"],
        "processes_started": processes["started"],
        "processes_errno": processes["errno"],
        "nearly_all": min(threads["started"], processes["started"]) >= 1000,
        "afterwards": again.payload["started"] if again.function_error is None else 0,
    }
