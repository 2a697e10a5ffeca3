"""An object with a blank in its key is announced; the handler asks for the key in one of four ways."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import os
import urllib.parse

import boto3
from botocore.exceptions import ClientError

WAYS = {
    "strip": lambda key: key.strip(),
    "quote": urllib.parse.quote_plus,
    "unquote": urllib.parse.unquote_plus,
    "replace": lambda key: key.replace(" ", "%20"),
}


def lambda_handler(event, context):
    for record in event["Records"]:
        key = WAYS[os.environ["WAY"]](record["s3"]["object"]["key"])
        try:
            boto3.client("s3").get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)
            print("GOT read")
        except ClientError as error:
            print("GOT", error.response["Error"]["Code"])
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
    functions, s3 = stage.client("lambda"), stage.client("s3")
    s3.create_bucket(Bucket="reports")
    rights = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::reports"},
    ]
    arn = create(stage, role(stage, *rights), Timeout=30, Environment={"Variables": {"WAY": change["way"]}})
    functions.add_permission(
        FunctionName="orders",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::reports",
    )
    s3.put_bucket_notification_configuration(
        Bucket="reports",
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    stage.clock.drain()
    s3.put_object(Bucket="reports", Key="may report.csv", Body=b"x")
    stage.clock.drain()
    lines = stage.client("logs").filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="GOT")["events"]
    return {"got": lines[0]["message"].split()[1]}
