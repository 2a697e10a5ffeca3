"""A release with another variable is rolled back by its alias; alias and bare name are called."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import os


def lambda_handler(event, context):
    return os.environ["TABLE"]
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
    functions = stage.client("lambda")
    create(stage, role(stage), Environment={"Variables": {"TABLE": "orders"}})
    functions.publish_version(FunctionName="orders")
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {"TABLE": "orders-v2"}})
    stage.clock.drain()
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE + "\n# the next release\n"))
    stage.clock.drain()
    second = functions.publish_version(FunctionName="orders")["Version"]
    functions.update_alias(FunctionName="orders", Name="live", FunctionVersion=second)
    functions.update_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    stage.clock.drain()
    called = {"alias": "orders:live", "bare": "orders"}
    return {key: json.load(functions.invoke(FunctionName=name)["Payload"]) for key, name in called.items()}
