"""A counter at module level, invoked several times in one environment."""

CODE = '''
print("loading")
count = 0


def lambda_handler(event, context):
    global count
    count += 1
    return count
'''


def observe(stage, times):
    """Invoke it ``times`` times, one after another, and describe the last."""
    function = stage.function(CODE)
    invocations = [function.invoke({}) for _ in range(times)]
    last = invocations[-1]
    return {
        "count": last.payload,
        "loads": sum(invocation.printed.count("loading") for invocation in invocations),
        "first_init_ms": invocations[0].report.init_duration_ms,
        "last_init_ms": last.report.init_duration_ms,
        "last_duration_ms": last.report.duration_ms,
    }
