"""Calls an alias before and after its provisioned concurrency is ready, and then the bare name."""

import base64
import io
import json
import zipfile

CODE = """
import os


def lambda_handler(event, context):
    return {"start": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], "version": context.function_version,
            "arn": context.invoked_function_arn}
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


def observe(stage, count):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    live = {"FunctionName": "orders", "Qualifier": "live"}
    asked = stage.clock.now()
    functions.put_provisioned_concurrency_config(**live, ProvisionedConcurrentExecutions=count)
    status = functions.get_provisioned_concurrency_config(**live)["Status"]
    first = json.load(functions.invoke(**live)["Payload"])["start"]
    stage.clock.drain()
    ready = int(stage.clock.now() - asked)
    second = functions.invoke(**live, LogType="Tail")
    return {
        "status_at_first": status,
        "first": first,
        "ready_s": ready,
        "second": json.load(second["Payload"])["start"],
        "init_in_report": b"Init Duration" in base64.b64decode(second["LogResult"]),
        "third": json.load(functions.invoke(FunctionName="orders")["Payload"])["start"],
    }
