"""Looks for the largest reservation that is accepted beside another one."""

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


def refused(call, **parameters):
    """Code, HTTP status and message of a refusal."""
    try:
        call(**parameters)
    except stage_error(call) as error:
        answer = error.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    return "accepted", 200, ""


def stage_error(call):
    return call.__self__.exceptions.ClientError


def observe(stage, taken, **options):
    functions = stage.client("lambda")
    role_arn = role(stage)
    for name in ("orders", "reports"):
        create(stage, CODE, role_arn, name)
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=taken)

    def ask(count):
        return refused(functions.put_function_concurrency, FunctionName="reports", ReservedConcurrentExecutions=count)

    most, beyond = 0, 1001
    while beyond - most > 1:
        middle = (most + beyond) // 2
        most, beyond = (middle, beyond) if ask(middle)[0] == "accepted" else (most, middle)
    text = ask(beyond)[2]
    ask(most)
    left = functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    return {"most": most, "left": left, "text": text}
