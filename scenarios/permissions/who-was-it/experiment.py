"""A handler asks with which identity its calls are made."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import boto3


def lambda_handler(event, context):
    return boto3.client("sts").get_caller_identity()["Arn"]
"""


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


def create(stage, role_arn, name="orders", **settings):
    arn = stage.client("lambda").create_function(
        FunctionName=name,
        Role=role_arn,
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": zipped(CODE)},
        **settings,
    )["FunctionArn"]
    stage.clock.drain()
    return arn


def observe(stage):
    create(stage, role(stage, name="orders-role"), Timeout=30)
    answer = stage.client("lambda").invoke(FunctionName="orders", Payload=b"{}")
    return {"arn": json.load(answer["Payload"])}
