"""A record of a stream is read by one of four expressions."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import base64
import json
import os

WAYS = {
    "data": lambda record: record["kinesis"]["data"]["order"],
    "body": lambda record: json.loads(record["body"])["order"],
    "loads": lambda record: json.loads(record["kinesis"]["data"])["order"],
    "decoded": lambda record: json.loads(base64.b64decode(record["kinesis"]["data"]))["order"],
}


def lambda_handler(event, context):
    for record in event["Records"]:
        try:
            print("GOT", WAYS[os.environ["WAY"]](record))
        except Exception as error:
            print("GOT", type(error).__name__)
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
    functions, kinesis, iam = stage.client("lambda"), stage.client("kinesis"), stage.client("iam")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    stream = kinesis.describe_stream(StreamName="orders")["StreamDescription"]["StreamARN"]
    create(stage, role(stage), Environment={"Variables": {"WAY": change["way"]}})
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"
    iam.attach_role_policy(RoleName="orders", PolicyArn=managed)
    kinesis.put_record(StreamName="orders", Data=json.dumps({"order": 17}).encode(), PartitionKey="a")
    functions.create_event_source_mapping(
        FunctionName="orders", EventSourceArn=stream, StartingPosition="TRIM_HORIZON"
    )
    stage.clock.drain()
    lines = stage.client("logs").filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="GOT")["events"]
    return {"got": lines[0]["message"].split()[1]}
