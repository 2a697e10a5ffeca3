"""A handler that leaves storing to a thread, and four ways to change it.

``change`` is spread into the configuration; ``variant`` in it is this file's own: whether the handler waits for the
thread (``join``) or starts a process instead (``process``).
"""

import time

CODE = '''
import os
import threading
import time


def store(writes):
    with open("/tmp/order", "ab", buffering=0) as file:
        for _ in range(writes):
            time.sleep(0.01)
            file.write(b"x")


def lambda_handler(event, context):
    if "writes" not in event:
        return os.path.getsize("/tmp/order") if os.path.exists("/tmp/order") else 0
    if event["variant"] == "process":
        if os.fork() == 0:
            os.setsid()
            store(event["writes"])
            os._exit(0)
        return "ordered"
    thread = threading.Thread(target=store, args=(event["writes"],))
    thread.start()
    if event["variant"] == "join":
        thread.join()
    return "ordered"
'''


def observe(stage, writes, change):
    """One order, a pause that is long enough for all writes, and a look."""
    settings = {"timeout": 10, "memory_size": 512, **change}
    variant = settings.pop("variant", "thread")
    function = stage.function(CODE, **settings)
    function.invoke({"writes": writes, "variant": variant})
    time.sleep(writes * 0.01 + 1)
    written = function.invoke({}).payload
    return {"written": written, "stored": written == writes}
