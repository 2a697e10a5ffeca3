"""Two layers that share files, and a module that the function has as well."""

CODE = '''
import pathlib

import prices
import rates


def lambda_handler(event, context):
    settings = pathlib.Path("/opt/settings.json")
    return {
        "settings": settings.read_text() if settings.exists() else None,
        "prices": prices.WHOSE,
        "rates": rates.WHOSE,
    }
'''


def layer(name):
    return {"settings.json": name, "python/prices.py": f"WHOSE = {name!r}\n"}


def observe(stage, first, second):
    """One invocation with the two layers in this order."""
    layers = [{**layer(first), "python/rates.py": "WHOSE = 'layer'\n"}, layer(second)]
    files = {"lambda_function.py": CODE, "rates.py": "WHOSE = 'function'\n"}
    return stage.function(files, layers=layers).invoke({}).payload
