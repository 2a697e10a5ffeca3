"""A tool, started by the handler, that looks for the password in all its variables."""

CODE = '''
import base64
import os
import subprocess
import sys

TOOL = """
import base64, os, sys
values = list(os.environ.values())
for value in list(values):
    try:
        values.append(base64.b64decode(value, validate=True).decode())
    except ValueError:
        pass
print(sys.argv[1] in values)
"""
VARIANT = os.environ["VARIANT"]
PASSWORD = os.environ["DB_PASSWORD"]
if VARIANT == "encoded":
    PASSWORD = base64.b64decode(PASSWORD).decode()
if VARIANT == "renamed":
    os.environ["__db_password"] = os.environ.pop("DB_PASSWORD")


def lambda_handler(event, context):
    own = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": os.environ["LD_LIBRARY_PATH"]}
    settings = {"env": own} if VARIANT == "own" else {}
    command = [sys.executable, "-c", TOOL, event["password"]]
    seen = subprocess.run(command, capture_output=True, text=True, **settings)
    return {"handler": PASSWORD == event["password"], "tool": seen.stdout.strip(), "errors": seen.stderr}
'''


def observe(stage, length, change):
    """``change`` holds ``variant``: how the password is kept and handed on."""
    import base64

    password = ("s3cr-t!" * length)[:length]
    kept = base64.b64encode(password.encode()).decode() if change["variant"] == "encoded" else password
    function = stage.function(CODE, timeout=10, environment={"DB_PASSWORD": kept, "VARIANT": change["variant"]})
    answer = function.invoke({"password": password}).payload
    return {"handler_knows": answer["handler"], "tool_knows": answer["tool"] == "True", "ran": not answer["errors"]}
