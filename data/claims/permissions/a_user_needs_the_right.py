"""A user invokes a function: without a right, with one of his own, and with one from the function's policy."""

import io
import json
import zipfile

CODE = """
import boto3
from botocore.exceptions import ClientError


def lambda_handler(event, context):
    settings = event.get("keys", {})
    client = boto3.client(event["service"], **settings)
    try:
        getattr(client, event["call"])(**event.get("with", {}))
    except ClientError as error:
        refusal = error.response
        return {
            "code": refusal["Error"]["Code"],
            "text": refusal["Error"]["Message"],
            "status": refusal["ResponseMetadata"]["HTTPStatusCode"],
        }
    return {"code": "allowed", "text": "", "status": 200}
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
    create(stage, CODE, role_arn, Timeout=30, MemorySize=1769)
    create(stage, "def lambda_handler(event, context):\n    return {}\n", role_arn, "target")
    user = iam.create_user(UserName="ada")["User"]["Arn"]
    made = iam.create_access_key(UserName="ada")["AccessKey"]
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": "",
    }

    def call(operation="invoke"):
        return ask(stage, "lambda", operation, keys, FunctionName="target")

    target = functions.get_function_configuration(FunctionName="target")["FunctionArn"]
    right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": target}
    without = call()
    policy = json.dumps({"Version": "2012-10-17", "Statement": [right]})
    iam.put_user_policy(UserName="ada", PolicyName="invoke", PolicyDocument=policy)
    own, other_call = call(), call("delete_function")
    iam.delete_user_policy(UserName="ada", PolicyName="invoke")
    functions.add_permission(FunctionName="target", StatementId="ada", Action="lambda:InvokeFunction", Principal=user)
    from_function = call()
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{**right, "Effect": "Deny"}]})
    iam.put_user_policy(UserName="ada", PolicyName="invoke", PolicyDocument=deny)
    return {
        "without": without["code"],
        "without_status": without["status"],
        "names_the_action": "lambda:InvokeFunction" in without["text"],
        "right_of_his_own": own["code"],
        "another_operation": other_call["code"],
        "right_from_the_function": from_function["code"],
        "denied_to_him": call()["code"],
        "text": without["text"],
    }
