"""A function that calls itself while it runs, with reserved concurrency for one or two environments."""

import io
import json
import zipfile

CODE = """
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})
START = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]


def lambda_handler(event, context):
    if event.get("depth", 0) == 0:
        return {"ran": 1, "starts": START}
    try:
        event = json.dumps({"depth": event["depth"] - 1})
        answer = boto3.client("lambda", config=ONCE).invoke(FunctionName=context.invoked_function_arn, Payload=event)
    except ClientError as error:
        refusal = error.response
        return {
            "ran": 1,
            "starts": START,
            "code": refusal["Error"]["Code"],
            "status": refusal["ResponseMetadata"]["HTTPStatusCode"],
            "reason": refusal.get("Reason"),
        }
    inner = json.load(answer["Payload"])
    return {**inner, "ran": inner["ran"] + 1, "starts": START + " " + inner["starts"]}
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


def observe(stage):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage, INVOKE), Timeout=30, MemorySize=1769)

    def call(reserved):
        functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=reserved)
        return json.load(functions.invoke(FunctionName="orders", Payload=json.dumps({"depth": 2}))["Payload"])

    one, two, three = call(1), call(2), call(3)
    return {
        "ran_of_one": one["ran"],
        "ran_of_two": two["ran"],
        "ran_of_three": three["ran"],
        "code": one["code"],
        "status": one["status"],
        "reason": one["reason"],
        "reason_of_three": three.get("reason"),
    }
