"""A handler sends to two queues; its role has one of four policies, and the managed policy comes later."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import boto3
from botocore.exceptions import ClientError


def attempt(url):
    try:
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    except ClientError:
        return "refused"
    return "allowed"


def lambda_handler(event, context):
    return {name: attempt(url) for name, url in event.items()}
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


def observe(stage, change):
    sqs, iam = stage.client("sqs"), stage.client("iam")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("drafts", "invoices")}
    arns = {
        name: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for name, url in urls.items()
    }
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arns["drafts"]}
    statements = {
        "narrow": [send],
        "other": [{"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": arns["invoices"]}],
        "none": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}, send],
        "deny": [send, {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arns["invoices"]}],
    }[change["statement"]]
    create(stage, role(stage, *statements), Timeout=30)
    iam.attach_role_policy(RoleName="orders", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
    answer = stage.client("lambda").invoke(FunctionName="orders", Payload=json.dumps(urls))
    return json.load(answer["Payload"])
