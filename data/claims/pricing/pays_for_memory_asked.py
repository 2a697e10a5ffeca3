"""Runs the same small handler with little and with much memory, and sets what is billed for one second side by side."""

CODE = """
def lambda_handler(event, context):
    return "done"
"""


def gb_seconds(report):
    return report.memory_size_mb / 1024 * report.billed_duration_ms / 1000


def observe(stage, small, large):
    reports = [stage.function(CODE, memory_size=size).invoke().report for size in (small, large)]
    each_second = [gb_seconds(report) / (report.billed_duration_ms / 1000) for report in reports]
    return {
        "gb_seconds_each_second_small": round(each_second[0], 6),
        "gb_seconds_each_second_large": round(each_second[1], 6),
        "gb_seconds_ratio": round(each_second[1] / each_second[0], 6),
        "used_less_than_asked": reports[1].max_memory_used_mb < large,
    }
