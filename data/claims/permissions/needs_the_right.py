"""A handler that sends to a queue: without the right, with it on another queue, with it, and with a Deny."""

import io
import json
import zipfile

CODE = """
import boto3
from botocore.exceptions import ClientError


def lambda_handler(event, context):
    settings = event.get("keys", {})
    client = boto3.client(event["service"], **settings)
    try:
        getattr(client, event["call"])(**event.get("with", {}))
    except ClientError as error:
        refusal = error.response
        return {
            "code": refusal["Error"]["Code"],
            "text": refusal["Error"]["Message"],
            "status": refusal["ResponseMetadata"]["HTTPStatusCode"],
        }
    return {"code": "allowed", "text": "", "status": 200}
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


def ask(stage, service, call, keys=None, **parameters):
    """Let the handler make a call, with its role's credentials or with a user's ``keys``."""
    event = {"service": service, "call": call, "with": parameters, "keys": keys or {}}
    return json.load(stage.client("lambda").invoke(FunctionName="orders", Payload=json.dumps(event))["Payload"])


def observe(stage):
    iam, sqs = stage.client("iam"), stage.client("sqs")
    create(stage, CODE, role(stage), Timeout=30, MemorySize=1769)
    queue = sqs.create_queue(QueueName="parcels")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def send(*statements):
        policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, *statements]})
        iam.put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
        return ask(stage, "sqs", "send_message", QueueUrl=queue, MessageBody="a parcel")

    allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    without = send()
    other = send({**allow, "Resource": arn.replace("parcels", "letters")})
    allowed = send(allow)
    denied = send({**allow, "Action": "sqs:*", "Resource": "*"}, {**allow, "Effect": "Deny"})
    return {
        "without": without["code"],
        "without_status": without["status"],
        "names_action": "sqs:sendmessage" in without["text"].lower(),
        "names_role": "assumed-role/orders/orders" in without["text"],
        "right_for_another_queue": other["code"],
        "with_the_right": allowed["code"],
        "denied_beside_allowed": denied["code"],
        "text": without["text"],
    }
