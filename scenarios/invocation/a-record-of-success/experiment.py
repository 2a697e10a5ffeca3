"""An asynchronous event succeeds; what lies at the on-success destination is looked at."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    return {"total": 250}
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


def observe(stage):
    functions, sqs = stage.client("lambda"), stage.client("sqs")
    queue = sqs.create_queue(QueueName="done")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    create(stage, role(stage, send))
    functions.put_function_event_invoke_config(
        FunctionName="orders", DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b'{"order": 17}')
    stage.clock.drain()
    record = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    return {
        "keys": " ".join(sorted(record)),
        "request": " ".join(record.get("requestPayload") or {}),
        "response": " ".join(record.get("responsePayload") or {}),
    }
