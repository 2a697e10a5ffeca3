"""A handler that prints its whole environment."""

CODE = '''
import os


def lambda_handler(event, context):
    print(dict(os.environ))
    return len(os.environ)
'''


def observe(stage, variables):
    """The function has so many variables of its own; one is the token."""
    own = {f"SETTING_{number}": "value" for number in range(1, variables)}
    invocation = stage.function(CODE, environment={"API_TOKEN": "opensesame", **own}).invoke({})
    log = "".join(invocation.printed)
    return {
        "name_in_log": "API_TOKEN" in log,
        "token_in_log": "opensesame" in log,
        "masked": "***" in log,
        "region_in_log": "AWS_REGION" in log,
        "others": invocation.payload - variables,
    }
