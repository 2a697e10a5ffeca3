"""Invokes a function without naming a version, and asks which one ran."""

CODE = """
def lambda_handler(event, context):
    return {"version": context.function_version, "arn": context.invoked_function_arn}
"""


def observe(stage):
    invocation = stage.function(CODE).invoke()
    return {
        "function_version": invocation.payload["version"],
        "executed_version": invocation.executed_version,
        "invoked_arn": invocation.payload["arn"],
        "start_line_names_it": any(
            line.startswith("START ") and line.rstrip().endswith("Version: $LATEST") for line in invocation.log_lines
        ),
    }
