"""Tries to live past the timeout: catches everything, ignores signals, forks, and leaves a thread behind."""

import time

CODE = """
import os
import signal
import threading
import time


def write_later(name):
    time.sleep(2.5)
    open("/tmp/" + name, "w").close()


def lambda_handler(event, context):
    how = event.get("how")
    if how is None:
        return sorted(os.listdir("/tmp"))
    if how == "catches":
        while True:
            try:
                while True:
                    time.sleep(0.01)
            except BaseException:
                print("caught")
    if how == "ignores":
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    if how == "forks" and os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            write_later("child")
        os._exit(0)
    if how == "thread":
        threading.Thread(target=write_later, args=("thread",)).start()
    time.sleep(60)
"""


def observe(stage, timeout, pause):
    seen = {}
    functions = {how: stage.function(CODE, timeout=timeout) for how in ("catches", "ignores", "forks", "thread")}
    for how, function in functions.items():
        stopped = function.invoke({"how": how})
        seen[f"{how}_status"] = stopped.report.status
        seen[f"{how}_caught_something"] = "caught" in stopped.printed
    time.sleep(pause)
    left = [file for how in ("forks", "thread") for file in functions[how].invoke().payload]
    return {**seen, "written_afterwards": " ".join(left)}
