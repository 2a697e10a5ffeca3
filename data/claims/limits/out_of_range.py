"""Asks for settings that no function can have, one at a time."""

CODE = """
def lambda_handler(event, context):
    return None
"""


def observe(stage, **settings):
    seen = {}
    for name, value in settings.items():
        try:
            stage.function(CODE, **{name: value})
            seen[name] = "accepted"
        except ValueError as refusal:
            seen[name] = refusal.code
    return seen
