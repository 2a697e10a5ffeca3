"""A layer with one module, in four folders.

``folder`` in ``change`` is this file's own: where in the layer the module lies.
"""


def observe(stage, module, change):
    """One invocation of a function that imports the module."""
    code = f"import {module}\n\n\ndef lambda_handler(event, context):\n    return {module}.TEXT\n"
    layer = {f"{change['folder']}/{module}.py": 'TEXT = "found"\n'}
    invocation = stage.function(code, layers=[layer]).invoke({})
    return {"imported": invocation.payload == "found", "error_type": invocation.error_type}
