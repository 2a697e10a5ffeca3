"""Reserves nothing for a function and calls it, synchronously and asynchronously; then lifts it."""

import io
import json
import zipfile

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
    functions, sqs = stage.client("lambda"), stage.client("sqs")
    queue = sqs.create_queue(QueueName="failed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    create(stage, CODE, role(stage, send), DeadLetterConfig={"TargetArn": arn})
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    try:
        functions.invoke(FunctionName="orders")
        refusal = {}
    except functions.exceptions.TooManyRequestsException as error:
        refusal = error.response
    sent = stage.clock.now()
    queued = functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b'{"order": 7}')["StatusCode"]
    stage.clock.drain()
    kept = sqs.receive_message(QueueUrl=queue).get("Messages", [])
    waited = stage.clock.now() - sent
    functions.delete_function_concurrency(FunctionName="orders")
    return {
        "code": refusal["Error"]["Code"],
        "text": refusal["Error"]["Message"],
        "status": refusal["ResponseMetadata"]["HTTPStatusCode"],
        "reason": refusal["Reason"],
        "event_status": queued,
        "dead_letters": len(kept),
        "waited_s": int(waited),
        "once_lifted": functions.invoke(FunctionName="orders")["StatusCode"],
    }
