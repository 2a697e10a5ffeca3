"""A handler fails with a text that has a secret in it."""

CODE = """
import os


def lambda_handler(event, context):
    password = os.environ["DB_PASSWORD"]
    raise RuntimeError(f"no connection with {password}")
"""


def observe(stage):
    invocation = stage.function(CODE, environment={"DB_PASSWORD": "mount-kenya-1963"}).invoke({})
    secret = "mount-kenya-1963"
    return {"caller": secret in str(invocation.payload), "log": any(secret in line for line in invocation.log_lines)}
