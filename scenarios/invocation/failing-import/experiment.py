"""A module that imports a library which is not in the package."""

CODE = '''
print("loading")

import {library}


def lambda_handler(event, context):
    return "done"
'''


def observe(stage, library):
    """Create it and invoke it once."""
    seen = {"refused": None, "status_code": None, "error_type": None, "request_id": None, "loads": 0, "billed_ms": 0}
    try:
        invocation = stage.function(CODE.format(library=library)).invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    document = invocation.payload if isinstance(invocation.payload, dict) else {}
    return {
        **seen,
        "status_code": invocation.status_code,
        "error_type": invocation.error_type,
        "error_message": invocation.error_message,
        "request_id": document.get("requestId"),
        "loads": invocation.printed.count("loading"),
        "billed_ms": invocation.report.billed_duration_ms,
    }
