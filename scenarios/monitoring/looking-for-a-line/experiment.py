"""Calls the bare name several times and a version once, and looks for groups and streams."""

import io
import json
import zipfile

CODE = """
import time


def lambda_handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
    if event.get("hang"):
        time.sleep(30)
    return {}
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


def observe(stage, calls, **options):
    functions, logs = stage.client("lambda"), stage.client("logs")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    for name in ["orders"] * calls + ["orders:1"]:
        functions.invoke(FunctionName=name)
    stage.clock.drain()
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    streams = logs.describe_log_streams(logGroupName=groups[0])["logStreams"]
    begin = sorted(stream["logStreamName"].partition("]")[0] + "]" for stream in streams)
    return {
        "groups": len(groups),
        "group": groups[0],
        "streams": len(begin),
        "first": begin[0],
        "second": begin[-1],
    }
