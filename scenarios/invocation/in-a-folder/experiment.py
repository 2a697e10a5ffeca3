"""A package with its handler in a folder.

``pattern`` in ``change`` is this file's own: the handler setting, with braces for the folder's name.
"""

FILES = {
    "create.py": 'def handle(event, context):\n    return "created"\n',
    "read.py": "def handle(event,\n",
}


def observe(stage, folder, change):
    """One invocation with the handler setting that the change names."""
    files = {f"{folder}/{name}": text for name, text in FILES.items()}
    invocation = stage.function(files, handler=change["pattern"].format(folder)).invoke({})
    return {
        "answer": invocation.payload if invocation.function_error is None else None,
        "error_type": invocation.error_type,
    }
