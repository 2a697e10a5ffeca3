"""A user whose right names an alias invokes by three names; a handler of another function does it with her keys."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import boto3
from botocore.exceptions import ClientError


def attempt(client, call, parameters):
    try:
        getattr(client, call)(**parameters)
    except ClientError as error:
        refused = error.response["Error"]["Code"] == "AccessDeniedException"
        return "refused" if refused else error.response["Error"]["Code"]
    return "allowed"


def lambda_handler(event, context):
    client = boto3.client("lambda", **event["keys"])
    return {name: attempt(client, call, parameters) for name, (call, parameters) in event["calls"].items()}
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


def user(stage, *statements):
    iam = stage.client("iam")
    iam.create_user(UserName="ada")
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="ada", PolicyName="rights", PolicyDocument=policy)
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


def observe(stage):
    functions = stage.client("lambda")
    live = "arn:aws:lambda:us-east-1:123456789012:function:orders:live"
    keys = user(stage, {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": live})
    create(stage, role(stage), Timeout=30)
    version = functions.publish_version(FunctionName="orders")["Version"]
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion=version)
    stage.clock.drain()
    names = {"alias": "live", "version": version, "bare": None}
    calls = {
        key: ["invoke", {"FunctionName": "orders", "InvocationType": "DryRun", **({"Qualifier": name} if name else {})}]
        for key, name in names.items()
    }
    create(stage, role(stage, name="asking"), name="asking", Timeout=30)
    event = json.dumps({"keys": keys, "calls": calls})
    return json.load(functions.invoke(FunctionName="asking", Payload=event)["Payload"])
