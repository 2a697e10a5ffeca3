"""A timer and a time stamp at module level, and a pause between two events."""

import time

CODE = '''
import threading
import time

print("loading")
fetched_at = time.time()
fired = []
timer = None


def refresh():
    fired.append(time.time())


def lambda_handler(event, context):
    global timer
    age = time.time() - fetched_at
    seen = {"age": age, "fired_at": fired[0] - fetched_at if fired else None}
    if timer is None:
        timer = threading.Timer(event["lasts"] * 0.9, refresh)
        timer.daemon = True
        timer.start()
    else:
        time.sleep(0.3)
    seen["fired_later_at"] = fired[0] - fetched_at if fired else None
    return seen
'''


def observe(stage, lasts, pause):
    """Two events; the token lasts ``lasts`` s, the pause is ``pause`` s."""
    function = stage.function(CODE, memory_size=1769, timeout=10)
    first = function.invoke({"lasts": lasts})
    time.sleep(pause)
    second = function.invoke({"lasts": lasts})
    seen = second.payload
    fired_at = seen["fired_later_at"]
    return {
        "refreshed_in_pause": fired_at is not None and fired_at < pause * 0.9,
        "expired_by_clock": seen["age"] > lasts,
        "fired_after": fired_at is not None and fired_at >= pause * 0.9,
        "clock_ms": round(seen["age"] * 1000),
        "late_ms": round((fired_at - lasts * 0.9) * 1000) if fired_at is not None else None,
        "module_runs": first.printed.count("loading") + second.printed.count("loading"),
    }
