"""Calls a function whose role has no right to write logs; then gives it that right."""

import io
import json
import zipfile

CODE = """
def lambda_handler(event, context):
    print("it runs")
    return {"ran": True}
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


def runs(stage, name="orders"):
    """How often the function has run, by the START lines of its log."""
    logs = stage.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    found = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    return sum(event["message"].startswith("START ") for events in found for event in events)


def observe(stage):
    iam, functions, logs = stage.client("iam"), stage.client("lambda"), stage.client("logs")
    create(stage, CODE, role(stage))
    iam.delete_role_policy(RoleName="orders", PolicyName="rights")
    answer = functions.invoke(FunctionName="orders")
    stage.clock.drain()
    ran = json.load(answer["Payload"])
    groups = len(logs.describe_log_groups()["logGroups"])
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName="orders", PolicyArn=basic)
    functions.invoke(FunctionName="orders")
    stage.clock.drain()
    return {
        "status": answer["StatusCode"],
        "function_error": answer.get("FunctionError"),
        "ran": ran["ran"],
        "log_groups": groups,
        "runs_in_the_log_afterwards": runs(stage),
    }
