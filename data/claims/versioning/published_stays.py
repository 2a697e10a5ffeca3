"""Publishes a version, changes code and settings afterwards, and calls both."""

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


def observe(stage):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage), Timeout=3, Environment={"Variables": {"WORD": "first"}})
    number = functions.publish_version(FunctionName="orders")["Version"]
    word(stage, "second")
    functions.update_function_configuration(FunctionName="orders", Timeout=30)
    stage.clock.drain()
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE.replace('"said"', '"said_anew"')))
    stage.clock.drain()
    kept = functions.get_function_configuration(FunctionName="orders", Qualifier=number)
    latest = functions.get_function_configuration(FunctionName="orders")
    newest = json.load(functions.invoke(FunctionName="orders")["Payload"])
    return {
        "number": number,
        "version_says": said(stage, number)[0],
        "latest_says": newest.get("said_anew"),
        "version_timeout": kept["Timeout"],
        "latest_timeout": latest["Timeout"],
        "same_code": kept["CodeSha256"] == latest["CodeSha256"],
    }
