"""Invokes one warm function several times and compares what it lasted with what is billed."""

CODE = """
def lambda_handler(event, context):
    return sum(range(1000))
"""


def observe(stage, times):
    function = stage.function(CODE)
    function.invoke()
    reports = [function.invoke().report for _ in range(times)]
    gaps = [round(report.billed_duration_ms - report.duration_ms, 2) for report in reports]
    return {
        "always_whole": all(report.billed_duration_ms == int(report.billed_duration_ms) for report in reports),
        "always_next_whole": all(gap >= 0 for gap in gaps),
        "never_a_whole_step_more": all(gap < 1 for gap in gaps),
    }
