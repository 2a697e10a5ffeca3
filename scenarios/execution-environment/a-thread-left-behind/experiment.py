"""A thread and a child process that tick, and a pause between two events."""

import time

CODE = '''
import os
import threading
import time

ticks = 0
started = False


def tick():
    global ticks
    while True:
        time.sleep(0.01)
        ticks += 1


def counts():
    return {"thread": ticks, "child": os.path.getsize("/tmp/ticks")}


def lambda_handler(event, context):
    global started
    if not started:
        started = True
        open("/tmp/ticks", "w").close()
        if os.fork() == 0:
            with open("/tmp/ticks", "ab", buffering=0) as file:
                while True:
                    time.sleep(0.01)
                    file.write(b"x")
        threading.Thread(target=tick, daemon=True).start()
        time.sleep(0.1)
        return counts()
    before = counts()
    time.sleep(0.5)
    after = counts()
    return {"before": before, "after": after}
'''


def observe(stage, pause):
    """Two events with ``pause`` seconds between them."""
    function = stage.function(CODE, memory_size=1769, timeout=20)
    left = function.invoke({}).payload
    time.sleep(pause)
    found = function.invoke({}).payload
    return {
        **{f"{who}_in_pause": found["before"][who] - left[who] for who in left},
        **{f"{who}_in_event": found["after"][who] - found["before"][who] for who in left},
    }
