"""Two functions, the learner's reservations, and as many calls at the same moment as one likes.

A handler calls itself while it runs, so that what is in progress does not hinge on how fast the machine is.
"""

import io
import json
import zipfile

CODE = '''
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})


def lambda_handler(event, context):
    if event["more"] == 0:
        return {"at_once": 1}
    event = json.dumps({"more": event["more"] - 1})
    try:
        answer = boto3.client("lambda", config=ONCE).invoke(FunctionName=context.invoked_function_arn, Payload=event)
    except ClientError as error:
        return {"at_once": 1, "reason": error.response["Reason"]}
    inner = json.load(answer["Payload"])
    return {**inner, "at_once": inner["at_once"] + 1}
'''
INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}


def role(stage, *statements, name="orders"):
    iam = stage.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, *statements]})
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy)
    return arn


def zipped(code):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("lambda_function.py", code)
    return package.getvalue()


def create(stage, code, role_arn, name="orders", **settings):
    stage.client("lambda").create_function(
        FunctionName=name,
        Role=role_arn,
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": zipped(code)},
        **settings,
    )
    stage.clock.drain()


def observe(stage, folder, peak, jobs, **bounds):
    functions = stage.client("lambda")
    role_arn = role(stage, INVOKE)
    for name in ("orders", "batch"):
        create(stage, CODE, role_arn, name, Timeout=60, MemorySize=1769)
    asked = folder.json("settings.json")
    for entry in asked if isinstance(asked, list) else [asked]:
        functions.put_function_concurrency(**entry if isinstance(entry, dict) else {"cli-input-json": entry})
    return {
        "orders_at_once": at_once(functions, "orders", peak),
        "orders_reserved": reserved(functions, "orders"),
        "batch_at_once": at_once(functions, "batch", jobs),
        "batch_reserved": reserved(functions, "batch"),
        "unreserved": functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"],
    }


def reserved(functions, name):
    return functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")


def at_once(functions, name, wanted):
    """How many of so many invocations at the same moment ran."""
    try:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps({"more": wanted - 1}))
    except functions.exceptions.TooManyRequestsException:
        return 0
    return json.load(answer["Payload"])["at_once"]
