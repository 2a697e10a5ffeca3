"""Sends one event of each kind, and asks for no answer."""

CODE = """
def lambda_handler(event, context):
    if event == "quiet":
        return None
    return type(event).__name__
"""


def observe(stage):
    function = stage.function(CODE)
    quiet = function.invoke("quiet")
    return {
        "object": function.invoke({"name": "Ada"}).payload,
        "array": function.invoke([1, 2.5, True]).payload,
        "text": function.invoke("Ada").payload,
        "number": function.invoke(7).payload,
        "nothing_answered": quiet.payload is None,
        "nothing_failed": quiet.function_error is not None,
    }
