"""Leaves a thread, a child process and a timer at work, pauses between two events, and looks what they did."""

import time

CODE = """
import os
import threading
import time

ticks = 0
timer_fired = []
started = False


def tick():
    global ticks
    while True:
        time.sleep(0.01)
        ticks += 1


def count_in_a_child():
    if os.fork() == 0:
        with open("/tmp/child", "wb", buffering=0) as file:
            while True:
                time.sleep(0.01)
                file.write(b"x")


def start(seconds):
    count_in_a_child()
    threading.Thread(target=tick, daemon=True).start()
    timer = threading.Timer(seconds, lambda: timer_fired.append(time.time()))
    timer.daemon = True
    timer.start()
    time.sleep(0.2)


def child_ticks():
    return os.path.getsize("/tmp/child")


def lambda_handler(event, context):
    global started
    seen = {"thread": ticks, "child": child_ticks() if started else 0, "timer": len(timer_fired), "at": time.time()}
    if not started:
        start(event["timer"])
        started = True
    else:
        time.sleep(0.5)
    after = {"thread_after": ticks, "child_after": child_ticks(), "timer_after": len(timer_fired)}
    return {**seen, **after, "done_at": time.time()}
"""


def observe(stage, pause, timer, most_ticks):
    function = stage.function(CODE, memory_size=1769, timeout=30)
    first = function.invoke({"timer": timer}).payload
    time.sleep(pause)
    second = function.invoke({"timer": timer}).payload
    return {
        "thread_ran_before": first["thread_after"] > 0,
        "thread_ticks_in_pause": second["thread"] - first["thread_after"],
        "thread_stood_still": second["thread"] - first["thread_after"] <= most_ticks,
        "thread_went_on": second["thread_after"] - second["thread"] > 0,
        "child_ticks_in_pause": second["child"] - first["child_after"],
        "child_stood_still": second["child"] - first["child_after"] <= most_ticks,
        "child_went_on": second["child_after"] - second["child"] > 0,
        "timer_before": first["timer_after"],
        "timer_after": second["timer_after"],
        "clock_went_on": second["at"] - first["done_at"] >= pause,
    }
