"""Runs $LATEST and a version once each, and looks for their log streams."""

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
    return {"version": context.function_version}
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
    functions, logs = stage.client("lambda"), stage.client("logs")
    create(stage, CODE, role(stage))
    groups_before = len(logs.describe_log_groups()["logGroups"])
    functions.publish_version(FunctionName="orders")
    functions.invoke(FunctionName="orders")
    functions.invoke(FunctionName="orders")
    functions.invoke(FunctionName="orders:1")
    stage.clock.drain()
    group = logs.describe_log_groups()["logGroups"][0]
    streams = logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]
    names = sorted(stream["logStreamName"] for stream in streams)
    return {
        "groups_before": groups_before,
        "group": group["logGroupName"],
        "retention_days": group.get("retentionInDays"),
        "streams": len(names),
        "begin": " ".join(name.partition("]")[0] + "]" for name in names),
    }
