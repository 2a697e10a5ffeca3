"""Many small variables, and one large one."""

CODE = '''
import os


def lambda_handler(event, context):
    return len([name for name in os.environ if name.startswith("S_")])
'''
LIMIT = 4 * 1024


def observe(stage, count):
    """So many variables, each of 12 characters; then one as large as all may be together."""
    found = {"code": None, "arrived": 0, "one_of_full_size": "accepted"}
    try:
        variables = {f"S_{number:04}": "valuex" for number in range(count)}
        found["arrived"] = stage.function(CODE, environment=variables).invoke({}).payload
    except ValueError as refusal:
        found["code"] = refusal.code
    try:
        stage.function(CODE, environment={"S_1": "x" * LIMIT})
    except ValueError as refusal:
        found["one_of_full_size"] = refusal.code
    return found
