"""Asks for a variable whose name is Lambda's own, and for one whose name is free."""

CODE = """
def lambda_handler(event, context):
    return None
"""


def asked_for(stage, name):
    try:
        stage.function(CODE, environment={name: "eu-west-1"})
    except ValueError as refusal:
        return refusal.code, refusal.message
    return "accepted", ""


def observe(stage, reserved, free):
    code, says = asked_for(stage, reserved)
    return {"reserved": code, "says": says, "free": asked_for(stage, free)[0]}
