"""A user calls functions with the rights that two policies give; a function makes the calls with the user's keys."""

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


def observe(stage):
    iam, functions = stage.client("iam"), stage.client("lambda")
    role_arn = role(stage)
    create(stage, CODE, role_arn, Timeout=60, MemorySize=1769)
    for name in ("target", "other", "third"):
        create(stage, "def lambda_handler(event, context):\n    return {}\n", role_arn, name)
    user = iam.create_user(UserName="ada")["User"]["Arn"]
    made = iam.create_access_key(UserName="ada")["AccessKey"]
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": "",
    }
    target = functions.get_function_configuration(FunctionName="target")["FunctionArn"]
    right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": target}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [right]})
    iam.put_user_policy(UserName="ada", PolicyName="invoke", PolicyDocument=policy)
    functions.add_permission(FunctionName="other", StatementId="ada", Action="lambda:InvokeFunction", Principal=user)
    seen = {name: ask(stage, "lambda", "invoke", keys, FunctionName=name) for name in ("target", "other", "third")}
    update = ask(stage, "lambda", "update_function_code", keys, FunctionName="target", S3Bucket="code", S3Key="zip")
    return {
        **{name: answer["code"] for name, answer in seen.items()},
        "third_status": seen["third"]["status"],
        "update": update["code"],
    }
