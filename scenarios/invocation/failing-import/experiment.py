"""A module that imports a library which is not in the package."""

CODE = '''
print("loading")

import {library}


def lambda_handler(event, context):
    return "done"
'''


def observe(stage, library):
    """Create it and invoke it once."""
    seen = {"refused": None, "status_code": None, "error_type": None, "request_id": None, "loads": 0}
    try:
        invocation = stage.function(CODE.format(library=library)).invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    document = invocation.payload if isinstance(invocation.payload, dict) else {}
    return {
        **seen,
        "status_code": invocation.status_code,
        "error_type": invocation.error_type,
        "request_id": document.get("requestId") or None,
        "loads": invocation.printed.count("loading"),
    }
