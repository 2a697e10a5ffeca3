"""Calls a function by its alias, and looks what the handler and the caller are told."""

import io
import json
import zipfile

CODE = """
import os


def lambda_handler(event, context):
    return {"said": os.environ.get("WORD"), "version": context.function_version, "arn": context.invoked_function_arn}
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


def said(stage, qualifier):
    answer = stage.client("lambda").invoke(FunctionName="orders", Qualifier=qualifier)
    return json.load(answer["Payload"])["said"], answer["ExecutedVersion"]


def word(stage, text):
    stage.client("lambda").update_function_configuration(
        FunctionName="orders", Environment={"Variables": {"WORD": text}}
    )
    stage.clock.drain()


def three_versions(stage):
    """Versions 1, 2 and 3, which say one, two and three."""
    create(stage, CODE, role(stage))
    for text in ("one", "two", "three"):
        word(stage, text)
        stage.client("lambda").publish_version(FunctionName="orders")


def observe(stage):
    functions = stage.client("lambda")
    three_versions(stage)
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="2")
    answer = functions.invoke(FunctionName="orders:live")
    told = json.load(answer["Payload"])
    return {
        "arn_ends": told["arn"].rpartition(":")[2],
        "function_version": told["version"],
        "executed_version": answer["ExecutedVersion"],
        "says": told["said"],
    }
