"""Puts two layers into /opt, with a file, a module and a program that both or the function itself have as well."""

CODE = """
import os
import subprocess

import greeting
import shared


def lambda_handler(event, context):
    try:
        open("/opt/new", "w").close()
        written = True
    except OSError:
        written = False
    return {
        "only_in_first": open("/opt/first.txt").read(),
        "in_both": open("/opt/both.txt").read(),
        "module_of_layer": greeting.TEXT,
        "module_in_both": shared.TEXT,
        "program": subprocess.run(["tool"], capture_output=True, text=True).stdout.strip(),
        "written": written,
    }
"""


def observe(stage):
    first = {
        "first.txt": "first",
        "both.txt": "first",
        "python/greeting.py": "TEXT = 'layer'\n",
        "python/shared.py": "TEXT = 'layer'\n",
        "bin/tool": "#!/bin/sh\necho tool\n",
    }
    second = {"both.txt": "second"}
    files = {"lambda_function.py": CODE, "shared.py": "TEXT = 'function'\n"}
    ahead = stage.function(files, layers=[first, second]).invoke().payload
    behind = stage.function(files, layers=[second, first]).invoke().payload
    return {**ahead, "in_both_the_other_way": behind["in_both"]}
