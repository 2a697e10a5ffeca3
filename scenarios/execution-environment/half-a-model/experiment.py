"""A download that a timeout interrupts, and a later invocation in the same environment."""

CODE = '''
import os
import time

MODEL = "/tmp/model"


def fetch(event):
    renames = event["variant"] == "rename"
    with open("/tmp/part" if renames else MODEL, "w") as file:
        for number in range(event["parts"]):
            if event["slow"] and number == event["parts"] // 2:
                time.sleep(60)
            file.write("x")
            file.flush()
    if renames:
        os.replace("/tmp/part", MODEL)


def lambda_handler(event, context):
    if not os.path.exists(MODEL):
        try:
            fetch(event)
        except Exception:
            if event["variant"] == "catch":
                os.remove(MODEL)
            raise
        finally:
            if event["variant"] == "finally" and os.path.getsize(MODEL) < event["parts"]:
                os.remove(MODEL)
    return "complete" if os.path.getsize(MODEL) == event["parts"] else "broken"
'''


def observe(stage, parts, timeout, change):
    """``change`` holds ``variant``: how the model is fetched."""
    function = stage.function(CODE, timeout=timeout)
    event = {"parts": parts, **change}
    first = function.invoke({**event, "slow": True})
    return {"first": first.report.status, "later": function.invoke({**event, "slow": False}).payload}
