"""So many calls at the same moment, under one of four settings: `reserved`, `provisioned` or `memory_size`."""

import io
import json
import zipfile

CODE = """
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})


def lambda_handler(event, context):
    if event.get("more", 0) == 0:
        return {"at_once": 1, "reason": None}
    event = json.dumps({"more": event["more"] - 1})
    try:
        answer = boto3.client("lambda", config=ONCE).invoke(FunctionName=context.invoked_function_arn, Payload=event)
    except ClientError as error:
        return {"at_once": 1, "reason": error.response["Reason"]}
    inner = json.load(answer["Payload"])
    return {**inner, "at_once": inner["at_once"] + 1}
"""

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


INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}


def observe(stage, calls, connections, change):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage, INVOKE), Timeout=60, MemorySize=change.get("memory_size", 1769))
    functions.publish_version(FunctionName="orders")
    if "reserved" in change:
        functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=change["reserved"])
    if "provisioned" in change:
        functions.put_provisioned_concurrency_config(
            FunctionName="orders", Qualifier="1", ProvisionedConcurrentExecutions=change["provisioned"]
        )
        stage.clock.drain()
    try:
        answer = functions.invoke(FunctionName="orders:1", Payload=json.dumps({"more": calls - 1}))
    except functions.exceptions.TooManyRequestsException as error:
        return {"at_once": 0, "reason": error.response["Reason"]}
    return json.load(answer["Payload"])
