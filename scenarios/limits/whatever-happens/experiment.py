"""A handler that catches everything and leaves a detached child behind."""

import time

CODE = '''
import os
import time


def lambda_handler(event, context):
    if event.get("look"):
        return sorted(os.listdir("/tmp"))
    open("/tmp/parent", "w").close()
    if os.fork() == 0:
        os.setsid()
        time.sleep(event["seconds"])
        open("/tmp/child", "w").close()
        os._exit(0)
    try:
        while True:
            time.sleep(0.05)
    except BaseException:
        print("giving up")
        return "default"
'''


def observe(stage, timeout):
    """Let it time out, wait until the child would have written, and look into /tmp."""
    function = stage.function(CODE, timeout=timeout)
    stopped = function.invoke({"seconds": timeout + 2})
    time.sleep(2.5)
    files = function.invoke({"look": True}).payload
    return {
        "error_type": stopped.error_type,
        "answered": stopped.function_error is None,
        "gave_up": "giving up" in stopped.printed,
        "file_afterwards": "child" in files,
        "file_of_the_parent": "parent" in files,
    }
