"""A reservation is made, and the account asked what is left."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    return "done"
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


def observe(stage, reserved, left):
    functions = stage.client("lambda")
    create(stage, role(stage))
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=reserved)
    return {"left": functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]}
