"""A handler with more work than time, which wants to say how far it came; four variants of its loop.

``change`` is this file's own: ``variant`` names one of the loops below; anything else goes into the configuration.
"""

HEAD = '''
import atexit
import time

progress = {"done": 0}


def work():
    time.sleep(0.1)
    progress["done"] += 1

'''

VARIANTS = {
    "remaining": '''
def lambda_handler(event, context):
    progress["done"] = 0
    while progress["done"] < event["tasks"] and context.get_remaining_time_in_millis() > 700:
        work()
    return progress
''',
    "except": '''
def lambda_handler(event, context):
    progress["done"] = 0
    try:
        while progress["done"] < event["tasks"]:
            work()
    except TimeoutError:
        pass
    return progress
''',
    "finally": '''
def lambda_handler(event, context):
    progress["done"] = 0
    try:
        while progress["done"] < event["tasks"]:
            work()
    finally:
        return progress
''',
    "atexit": '''
@atexit.register
def report():
    print(progress)


def lambda_handler(event, context):
    progress["done"] = 0
    while progress["done"] < event["tasks"]:
        work()
    return progress
''',
}


def observe(stage, timeout, tasks, change):
    """Invoke it once with the change; ``timeout`` in seconds, each task takes a tenth of one."""
    settings = {"timeout": timeout, **change}
    variant = settings.pop("variant")
    invocation = stage.function(HEAD + VARIANTS[variant], **settings).invoke({"tasks": tasks})
    answered = invocation.function_error is None
    return {
        "answered": answered,
        "done": invocation.payload["done"] if answered else None,
        "printed": any("done" in line for line in invocation.printed),
        "error_type": invocation.error_type,
        "billed_ms": invocation.report.billed_duration_ms,
    }
