"""One provisioned environment, and a call that comes while it is busy: without and with a reservation of one."""

import io
import json
import zipfile

CODE = """
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})
START = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]


def lambda_handler(event, context):
    if event.get("depth", 0) == 0:
        return {"ran": 1, "starts": START}
    try:
        event = json.dumps({"depth": event["depth"] - 1})
        answer = boto3.client("lambda", config=ONCE).invoke(FunctionName=context.invoked_function_arn, Payload=event)
    except ClientError as error:
        refusal = error.response
        return {
            "ran": 1,
            "starts": START,
            "code": refusal["Error"]["Code"],
            "status": refusal["ResponseMetadata"]["HTTPStatusCode"],
            "reason": refusal.get("Reason"),
        }
    inner = json.load(answer["Payload"])
    return {**inner, "ran": inner["ran"] + 1, "starts": START + " " + inner["starts"]}
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


def observe(stage):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage, INVOKE), Timeout=30, MemorySize=1769)
    number = functions.publish_version(FunctionName="orders")["Version"]
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion=number)
    functions.put_provisioned_concurrency_config(
        FunctionName="orders", Qualifier="live", ProvisionedConcurrentExecutions=1
    )
    stage.clock.drain()

    def call(qualifier="live"):
        answer = functions.invoke(FunctionName="orders", Qualifier=qualifier, Payload=json.dumps({"depth": 1}))
        return json.load(answer["Payload"])

    free = call()
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    bound = call()
    latest = refused(functions.invoke, FunctionName="orders")
    more = refused(
        functions.put_provisioned_concurrency_config,
        FunctionName="orders",
        Qualifier="live",
        ProvisionedConcurrentExecutions=2,
    )
    less = refused(functions.put_function_concurrency, FunctionName="orders", ReservedConcurrentExecutions=0)
    return {
        "starts": free["starts"],
        "ran_with_a_reservation": bound["ran"],
        "reason": bound.get("reason"),
        "latest": latest[0],
        "more_than_reserved": more[0],
        "more_than_reserved_text": more[2],
        "reserved_below_provisioned": less[0],
        "reserved_below_provisioned_text": less[2],
    }
