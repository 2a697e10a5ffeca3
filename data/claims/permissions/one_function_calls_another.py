"""A handler invokes another function: with no right, with leave by a service principal, with a right in its role."""

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
    create(stage, CODE, role(stage), Timeout=30, MemorySize=1769)
    target_role = role(stage, name="target")
    create(stage, "def lambda_handler(event, context):\n    return {}\n", target_role, "target")

    def call():
        return ask(stage, "lambda", "invoke", FunctionName="target")["code"]

    without = call()
    functions.add_permission(
        FunctionName="target", StatementId="lambda", Action="lambda:InvokeFunction", Principal="lambda.amazonaws.com"
    )
    service = call()
    right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, right]})
    iam.put_role_policy(RoleName="target", PolicyName="rights", PolicyDocument=policy)
    on_the_target = call()
    iam.put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
    return {
        "without": without,
        "leave_for_the_service": service,
        "right_in_the_targets_role": on_the_target,
        "right_in_the_callers_role": call(),
    }
