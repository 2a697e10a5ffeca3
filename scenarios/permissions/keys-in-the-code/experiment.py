"""Asks a handler that names no credentials who it is."""

import io
import json
import zipfile

CODE = """
import os

import boto3


def lambda_handler(event, context):
    return {
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
        "key_begins": os.environ["AWS_ACCESS_KEY_ID"][:4],
        "has_token": bool(os.environ["AWS_SESSION_TOKEN"]),
    }
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


def observe(stage):
    create(stage, CODE, role(stage), Timeout=60, MemorySize=1769)
    return json.load(stage.client("lambda").invoke(FunctionName="orders")["Payload"])
