"""Settings that are too large for the environment, and four ways to bring them along.

``change`` is this file's own: ``place`` is ``environment``, ``package`` or ``tmp``; ``parts`` says over how many
variables the text is spread; anything else goes into the configuration.
"""

FROM_ENVIRONMENT = '''
import os


def lambda_handler(event, context):
    return len("".join(os.environ[name] for name in sorted(os.environ) if name.startswith("SETTINGS_")))
'''

FROM_FILE = '''
def lambda_handler(event, context):
    with open("{path}") as settings:
        return len(settings.read())
'''


def observe(stage, size, change):
    """Create the function with the change and ask how much of the settings it has; ``size`` in bytes."""
    settings = dict(change)
    place = settings.pop("place", "environment")
    parts = settings.pop("parts", 1)
    seen = {"refused": None, "read": None, "error_type": None}
    try:
        invocation = _function(stage, size, place, parts, settings).invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    answered = invocation.function_error is None
    return {**seen, "read": invocation.payload if answered else None, "error_type": invocation.error_type}


def _function(stage, size, place, parts, settings):
    text = "s" * size
    if place == "package":
        code = {"lambda_function.py": FROM_FILE.format(path="/var/task/settings.txt"), "settings.txt": text}
        return stage.function(code, **settings)
    if place == "tmp":
        return stage.function(FROM_FILE.format(path="/tmp/settings.txt"), **settings)
    step = -(-size // parts)
    variables = {f"SETTINGS_{part}": text[part * step : (part + 1) * step] for part in range(parts)}
    return stage.function(FROM_ENVIRONMENT, environment=variables, **settings)
