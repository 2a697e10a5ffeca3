"""A function whose reservation is provisioned to the last environment."""

import io
import json
import zipfile

CODE = """
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})


def lambda_handler(event, context):
    if event.get("more", 0) == 0:
        return {"at_once": 1, "reason": None}
    event = json.dumps({"more": event["more"] - 1})
    try:
        answer = boto3.client("lambda", config=ONCE).invoke(FunctionName=context.invoked_function_arn, Payload=event)
    except ClientError as error:
        return {"at_once": 1, "reason": error.response["Reason"]}
    inner = json.load(answer["Payload"])
    return {**inner, "at_once": inner["at_once"] + 1}
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


INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}


def observe(stage, count):
    functions = stage.client("lambda")
    role_arn = role(stage, INVOKE)
    for name in ("orders", "reports"):
        create(stage, CODE, role_arn, name, Timeout=60, MemorySize=1769)
        functions.publish_version(FunctionName=name)

    def reserve(number):
        return refused(functions.put_function_concurrency, FunctionName="orders", ReservedConcurrentExecutions=number)

    def provision(name, number):
        return refused(
            functions.put_provisioned_concurrency_config,
            FunctionName=name,
            Qualifier="1",
            ProvisionedConcurrentExecutions=number,
        )

    reserve(count)
    provision("orders", count)
    stage.clock.drain()
    busy = functions.invoke(FunctionName="orders:1", Payload=json.dumps({"more": count}))
    return {
        "latest": refused(functions.invoke, FunctionName="orders")[0],
        "at_once": json.load(busy["Payload"])["at_once"],
        "more": provision("orders", count + 1)[0],
        "too_much": provision("reports", 950)[0],
        "less": reserve(count - 1)[0],
    }
