"""A handler with more work than time, which wants to say how far it came; four variants of its loop.

``change`` is this file's own: ``variant`` names one of the loops below; anything else goes into the configuration.
"""

HEAD = '''
import atexit
import time

done = 0


def work():
    global done
    time.sleep(0.1)
    done += 1

'''

VARIANTS = {
    "remaining": '''
def lambda_handler(event, context):
    while done < event["items"] and context.get_remaining_time_in_millis() > 700:
        work()
    return {"done": done}
''',
    "except": '''
def lambda_handler(event, context):
    try:
        while done < event["items"]:
            work()
    except TimeoutError:
        pass
    return {"done": done}
''',
    "finally": '''
def lambda_handler(event, context):
    try:
        while done < event["items"]:
            work()
    finally:
        return {"done": done}
''',
    "atexit": '''
@atexit.register
def report():
    print({"done": done})


def lambda_handler(event, context):
    while done < event["items"]:
        work()
    return {"done": done}
''',
}


def observe(stage, timeout, items, change):
    """Invoke it once with the change; ``timeout`` in seconds, each item takes a tenth of one."""
    settings = {"timeout": timeout, **change}
    variant = settings.pop("variant")
    invocation = stage.function(HEAD + VARIANTS[variant], **settings).invoke({"items": items})
    answered = invocation.function_error is None
    return {
        "answered": answered,
        "done": invocation.payload["done"] if answered else None,
        "printed": any("done" in line for line in invocation.printed),
        "error_type": invocation.error_type,
        "billed_ms": invocation.report.billed_duration_ms,
    }
