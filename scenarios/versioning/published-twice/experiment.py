"""Publishes again and again, after no change, after a reservation, and after a change."""

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


def observe(stage, nights, **options):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))

    def publish():
        return int(functions.publish_version(FunctionName="orders")["Version"])

    idle = [publish() for _ in range(nights)][-1]
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=5)
    reserved = publish()
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {"WORD": "new"}})
    stage.clock.drain()
    return {"idle": idle, "reserved": reserved, "last": publish()}
