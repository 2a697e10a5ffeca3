"""A handler with the learner's policy, and a probe that tries other things with the same role."""

import io
import json
import zipfile

CODE = '''
import os

import boto3

s3, sqs = boto3.client("s3"), boto3.client("sqs")


def lambda_handler(event, context):
    text = s3.get_object(Bucket="incoming", Key=event["key"])["Body"].read().decode()
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=text)
    return {"sent": text}
'''
PROBE = '''
import boto3
from botocore.exceptions import ClientError


def lambda_handler(event, context):
    through = []
    for service, call, parameters in event["tries"]:
        try:
            getattr(boto3.client(service), call)(**parameters)
            through.append(call)
        except ClientError as error:
            if "AccessDenied" not in error.response["Error"]["Code"]:
                through.append(call)
    return through
'''

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


GROUP = "/aws/lambda/orders"


def observe(stage, folder, files):
    policy = folder["policy.json"]
    folder.json("policy.json")
    role_arn = role(stage)
    stage.client("iam").put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
    incoming, other = neighbours(stage, files)
    settings = {"Timeout": 60, "MemorySize": 1769}
    create(stage, CODE, role_arn, Environment={"Variables": {"QUEUE_URL": incoming}}, **settings)
    create(stage, PROBE, role_arn, "probe", **settings)
    answers = [call(stage, "orders", {"key": f"day-{number}.txt"}) for number in range(files)]
    stage.clock.drain()
    return {
        "answered": sum(answer.get("sent") == f"order {number}" for number, answer in enumerate(answers)),
        "error": next((answer["errorMessage"] for answer in answers if "errorMessage" in answer), None),
        "log_lines": lines(stage),
        **probed(stage, incoming, other),
    }


def neighbours(stage, files):
    """Two buckets with files, two queues; the addresses of the queues."""
    s3, sqs = stage.client("s3"), stage.client("sqs")
    for bucket in ("incoming", "payroll"):
        s3.create_bucket(Bucket=bucket)
        for number in range(files):
            s3.put_object(Bucket=bucket, Key=f"day-{number}.txt", Body=f"order {number}".encode())
    return [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("parcels", "invoices")]


def call(stage, name, event):
    return json.load(stage.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))["Payload"])


def lines(stage):
    """How many lines the handler's log has."""
    logs = stage.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        return 0
    return len(logs.filter_log_events(logGroupName=GROUP)["events"])


def probed(stage, own, other):
    """What else got through with the same role, by kind."""
    tries = {
        "bucket": [
            ("s3", "put_object", {"Bucket": "incoming", "Key": "new.txt", "Body": "x"}),
            ("s3", "get_object", {"Bucket": "payroll", "Key": "day-0.txt"}),
        ],
        "queue": [
            ("sqs", "receive_message", {"QueueUrl": own}),
            ("sqs", "send_message", {"QueueUrl": other, "MessageBody": "x"}),
        ],
        "else": [
            ("lambda", "list_functions", {}),
            ("logs", "delete_log_group", {"logGroupName": GROUP}),
        ],
    }
    return {f"{kind}_through": ", ".join(call(stage, "probe", {"tries": those})) for kind, those in tries.items()}
