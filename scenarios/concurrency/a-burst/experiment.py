"""Six requests at one moment at a function with a reservation of two; `refused` and `runs` are counted at the end."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

CODE = """
import time


def lambda_handler(event, context):
    time.sleep(1.5)
    print("DONE")
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
RIGHTS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}


def role(stage, *statements):
    """An execution role that may write logs, and what the statements say."""
    iam = stage.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    arn = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [RIGHTS, *statements]})
    iam.put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
    return arn


def create(stage, code, **settings):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("lambda_function.py", code)
    stage.client("lambda").create_function(
        FunctionName="orders",
        Role=role(stage),
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": package.getvalue()},
        **settings,
    )
    stage.clock.drain()


def observe(stage, change):
    functions = stage.client("lambda")
    create(stage, CODE, MemorySize=change.get("memory", 128), Timeout=change.get("timeout", 30))
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=2)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send(functions, change.get("way", "RequestResponse")), range(6)))
    stage.clock.drain()
    return {"refused": answers.count("refused"), "runs": len(printed(stage, "DONE"))}


def printed(stage, word):
    """The log lines with the word; a function that never ran has no log group."""
    logs = stage.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern=word)["events"]
    return [event["message"] for event in events]


def send(functions, way):
    try:
        functions.invoke(FunctionName="orders", InvocationType=way)
    except functions.exceptions.TooManyRequestsException:
        return "refused"
    return "taken"
