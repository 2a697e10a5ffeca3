"""A module that takes its time to load, and a handler that does nothing."""

CODE = '''
import time

time.sleep({seconds})


def lambda_handler(event, context):
    return "ready"
'''


def observe(stage, load_ms):
    """One cold invocation; ``load_ms`` is how long the module waits while it is loaded."""
    report = stage.function(CODE.format(seconds=load_ms / 1000)).invoke({}).report
    used = report.duration_ms + (report.init_duration_ms or 0)
    return {
        "duration_ms": report.duration_ms,
        "init_duration_ms": report.init_duration_ms,
        "billed_ms": report.billed_duration_ms,
        "beyond_ms": round(report.billed_duration_ms - used, 2),
    }
