"""A handler invokes another function, after one of four changes; `right` in the change says which."""

import io
import json
import zipfile

CODE = """
import boto3
from botocore.exceptions import ClientError


def lambda_handler(event, context):
    client = boto3.client(event["service"], **event.get("keys", {}))
    try:
        getattr(client, event["call"])(**event["with"])
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    return {"code": "allowed", "status": 200}
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


def ask(stage, service, call, keys=None, **parameters):
    """Let the handler make a call, with its role's credentials or with a user's ``keys``."""
    event = {"service": service, "call": call, "with": parameters, "keys": keys or {}}
    return json.load(stage.client("lambda").invoke(FunctionName="orders", Payload=json.dumps(event))["Payload"])


def observe(stage, change):
    iam, functions = stage.client("iam"), stage.client("lambda")
    callers = role(stage)
    create(stage, CODE, callers, Timeout=60, MemorySize=1769)
    create(stage, "def lambda_handler(event, context):\n    return {}\n", role(stage, name="target"), "target")
    arn = functions.get_function_configuration(FunctionName="target")["FunctionArn"]
    right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, right]})
    if change["right"] == "service":
        functions.add_permission(
            FunctionName="target",
            StatementId="service",
            Action="lambda:InvokeFunction",
            Principal="lambda.amazonaws.com",
        )
    elif change["right"] == "trust":
        second = {**TRUST, "Principal": {"AWS": callers}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST, second]})
        iam.update_assume_role_policy(RoleName="target", PolicyDocument=document)
    else:
        name = {"target": "target", "caller": "orders"}[change["right"]]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy)
    return ask(stage, "lambda", "invoke", FunctionName="target")
