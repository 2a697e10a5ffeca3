"""A function is run and deleted; its log group is looked at a year later."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    print("RAN")
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
    functions, logs = stage.client("lambda"), stage.client("logs")
    create(stage, role(stage))
    functions.invoke(FunctionName="orders")
    stage.clock.drain()
    functions.delete_function(FunctionName="orders")
    stage.clock.advance(365 * 24 * 3600)
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/orders")["logGroups"]
    lines = [event for group in groups for event in lines_of(logs, group["logGroupName"])]
    return {"groups": len(groups), "lines": len(lines), "retention": any("retentionInDays" in one for one in groups)}


def lines_of(logs, name):
    return logs.filter_log_events(logGroupName=name, filterPattern="RAN")["events"]
