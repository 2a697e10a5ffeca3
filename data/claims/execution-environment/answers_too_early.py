"""Hands work to a thread and answers at once; then the same with a wait for the thread before the answer."""

import time

CODE = """
import os
import threading
import time


def save():
    for _ in range(50):
        time.sleep(0.01)
    with open("/tmp/saved", "w") as file:
        file.write("saved")


def lambda_handler(event, context):
    if event.get("look"):
        return os.path.exists("/tmp/saved")
    work = threading.Thread(target=save)
    work.start()
    if event.get("wait"):
        work.join()
    return "answered"
"""


def after_a_pause(stage, pause, event):
    function = stage.function(CODE, memory_size=1769, timeout=20)
    answered = function.invoke(event)
    time.sleep(pause)
    return answered.payload == "answered", function.invoke({"look": True}).payload


def observe(stage, pause):
    left_answered, left_saved = after_a_pause(stage, pause, {})
    waited_answered, waited_saved = after_a_pause(stage, pause, {"wait": True})
    return {
        "answered_without_waiting": left_answered,
        "saved_without_waiting": left_saved,
        "answered_after_waiting": waited_answered,
        "saved_after_waiting": waited_saved,
    }
