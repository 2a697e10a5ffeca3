"""A library in the package, and a newer one in a layer."""

CODE = '''
import os

import {library}


def lambda_handler(event, context):
    return [{library}.RELEASE, os.path.exists("/opt/python/{library}.py")]
'''


def observe(stage, library):
    """Which of the two is imported."""
    files = {"lambda_function.py": CODE.replace("{library}", library), f"{library}.py": "RELEASE = 1\n"}
    layers = [{"python/other.py": ""}, {f"python/{library}.py": "RELEASE = 2\n"}]
    invocation = stage.function(files, layers=layers).invoke({})
    release, there = invocation.payload if invocation.error_type is None else (None, True)
    return {"release": release, "layer_found": there}
