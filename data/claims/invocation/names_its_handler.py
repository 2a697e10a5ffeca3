"""Names the handler in a folder, without a function, and in a module that is no Python."""

CODE = """
def lambda_handler(event, context):
    return "answered"
"""


def observe(stage):
    files = {"orders/create.py": CODE, "orders/__init__.py": "", "broken.py": "def lambda_handler(event:\n"}
    in_folder = stage.function(files, handler="orders.create.lambda_handler").invoke()
    with_slash = stage.function(files, handler="orders/create.lambda_handler").invoke()
    without = stage.function(files, handler="create").invoke()
    broken = stage.function(files, handler="broken.lambda_handler").invoke()
    return {
        "in_folder": in_folder.payload,
        "with_slash": with_slash.payload,
        "without_function": without.error_type,
        "broken_module": broken.error_type,
        "broken_request_id": broken.payload.get("requestId"),
    }
