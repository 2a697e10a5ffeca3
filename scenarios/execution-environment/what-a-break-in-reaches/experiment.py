"""Code from an event tries what it can; the next event looks at what is left of it."""

CODE = '''
import os

GREETING = "hello"


def lambda_handler(event, context):
    found = {}
    if "code" in event:
        exec(event["code"], {"found": found})
    found["greeting"] = GREETING
    found["tmp"] = os.path.exists("/tmp/planted")
    return found
'''

PLANTED = """
import os
import lambda_function

for name, path in {"task": "/var/task/lambda_function.py", "opt": "/opt/planted.py", "tmp": "/tmp/planted"}.items():
    try:
        open(path, "w").close()
        found[name + "_errno"] = 0
    except OSError as error:
        found[name + "_errno"] = error.errno
found["root"] = os.geteuid() == 0
lambda_function.GREETING = "planted"
"""


def observe(stage, memory_size):
    """Two events in one environment of ``memory_size`` MB."""
    function = stage.function(CODE, memory_size=memory_size, timeout=10)
    first = function.invoke({"code": PLANTED}).payload
    then = function.invoke({}).payload
    return {
        "task_written": first["task_errno"] == 0,
        "task_errno": first["task_errno"],
        "opt_written": first["opt_errno"] == 0,
        "root": first["root"],
        "tmp_found": then["tmp"],
        "module_changed": then["greeting"] == "planted",
    }
