"""Asks for provisioned concurrency on an alias, and calls it before and after it is ready."""

import io
import json
import zipfile
import base64

CODE = """
import os


def lambda_handler(event, context):
    return {"start": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]}
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
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    number = functions.publish_version(FunctionName="orders")["Version"]
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion=number)
    live = {"FunctionName": "orders", "Qualifier": "live"}

    def call(**target):
        return json.load(functions.invoke(**target)["Payload"])["start"]

    def progress():
        return functions.get_provisioned_concurrency_config(**live)

    asked = stage.clock.now()
    functions.put_provisioned_concurrency_config(**live, ProvisionedConcurrentExecutions=2)
    at_once = progress()["Status"]
    early = call(**live)
    stage.clock.drain()
    waited, ready = stage.clock.now() - asked, progress()
    answer = functions.invoke(**live, LogType="Tail")
    return {
        "at_once": at_once,
        "call_at_once": early,
        "waited_s": int(waited),
        "then": ready["Status"],
        "available": ready["AvailableProvisionedConcurrentExecutions"],
        "call_then": json.load(answer["Payload"])["start"],
        "init_in_its_report": "Init Duration" in base64.b64decode(answer["LogResult"]).decode(),
        "call_by_the_bare_name": call(FunctionName="orders"),
    }
