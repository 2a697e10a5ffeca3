"""One function invokes another one that takes four seconds, in a way that the option says."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import os
import time

import boto3


def lambda_handler(event, context):
    if os.environ["AWS_LAMBDA_FUNCTION_NAME"] == "letters":
        time.sleep(4)
        print("WRITTEN")
        return
    client = boto3.client("lambda")
    began = time.monotonic()
    client.invoke(FunctionName="letters", **event)
    return {"waited": time.monotonic() - began > 3.9}
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


def observe(stage, change):
    functions = stage.client("lambda")
    call = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    create(stage, role(stage, call), MemorySize=change.get("memory", 128), Timeout=60)
    create(stage, role(stage, name="letters"), name="letters", Timeout=60)
    event = {"InvocationType": change["way"]} if "way" in change else {}
    event |= {"LogType": change["log"]} if "log" in change else {}
    waited = json.load(functions.invoke(FunctionName="orders", Payload=json.dumps(event))["Payload"])["waited"]
    stage.clock.drain()
    logs = stage.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    name = "/aws/lambda/letters"
    lines = logs.filter_log_events(logGroupName=name, filterPattern="WRITTEN")["events"] if name in groups else []
    return {"waited": waited, "written": len(lines)}
