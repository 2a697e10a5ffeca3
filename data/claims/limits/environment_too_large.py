"""Asks for environment variables that just fit, and for some that do not."""

CODE = """
import os


def lambda_handler(event, context):
    return len(os.environ["FILLER"])
"""


def observe(stage, fits, too_many):
    seen = {"fitting": "accepted"}
    seen["arrived"] = stage.function(CODE, environment={"FILLER": "x" * fits}).invoke().payload
    try:
        stage.function(CODE, environment={"FILLER": "x" * too_many})
    except ValueError as refusal:
        return {**seen, "exceeding": refusal.code, "says": refusal.message[:200]}
    return {**seen, "exceeding": "accepted", "says": ""}
