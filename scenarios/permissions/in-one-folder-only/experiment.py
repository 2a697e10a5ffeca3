"""A handler makes four calls to S3 with a role that allows one action on one prefix."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import boto3
from botocore.exceptions import ClientError


def attempt(call, **parameters):
    try:
        getattr(boto3.client("s3"), call)(Bucket="archive", **parameters)
    except ClientError:
        return "refused"
    return "allowed"


def lambda_handler(event, context):
    return {
        "read": attempt("get_object", Key="2026/may.csv"),
        "other": attempt("get_object", Key="2025/may.csv"),
        "list": attempt("list_objects_v2", Prefix="2026/"),
        "write": attempt("put_object", Key="2026/june.csv", Body=b"x"),
    }
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
    s3 = stage.client("s3")
    s3.create_bucket(Bucket="archive")
    for key in ("2026/may.csv", "2025/may.csv"):
        s3.put_object(Bucket="archive", Key=key, Body=b"x")
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::archive/2026/*"}
    create(stage, role(stage, read), Timeout=30)
    answer = stage.client("lambda").invoke(FunctionName="orders", Payload=b"{}")
    return json.load(answer["Payload"])
