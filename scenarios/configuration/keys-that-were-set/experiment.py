"""A function whose author sets AWS's own names for credentials."""

CODE = "def lambda_handler(event, context):\n    return 'written'\n"


def observe(stage, key):
    """``key`` is the made-up access key."""
    variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "made up"}
    try:
        stage.function(CODE, environment=variables)
    except ValueError as refusal:
        text = refusal.message
        return {
            "code": refusal.code,
            "stored": False,
            "says_reserved": "reserved" in text.lower() and "AWS_ACCESS_KEY_ID" in text,
            "says_key": "kms" in text.lower(),
        }
    return {"code": None, "stored": True, "says_reserved": False, "says_key": False}
