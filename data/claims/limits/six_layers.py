"""Creates functions with five layers, and with one more."""

CODE = """
import os


def lambda_handler(event, context):
    return len(os.listdir("/opt"))
"""


def observe(stage, most):
    layers = [{f"file{number}": "x"} for number in range(most + 1)]
    found = stage.function(CODE, layers=layers[:most]).invoke().payload
    try:
        stage.function(CODE, layers=layers)
    except ValueError as refusal:
        return {"found": found, "one_more": refusal.code, "says": refusal.message}
    return {"found": found, "one_more": "accepted", "says": ""}
