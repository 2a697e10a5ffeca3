"""A mapping for a stream is created with one of four rights, and a record is sent."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    print("RECORDS", len(event["Records"]))
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
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    stream = kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamARN"]
    right = change["right"]
    put = {"Effect": "Allow", "Action": ["kinesis:PutRecord", "kinesis:PutRecords"], "Resource": stream}
    create(stage, role(stage, *([put] if right == "put" else [])))
    if right == "role":
        managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"
        iam.attach_role_policy(RoleName="orders", PolicyArn=managed)
    if right == "trust":
        both = {**TRUST, "Principal": {"Service": ["lambda.amazonaws.com", "kinesis.amazonaws.com"]}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [both]})
        iam.update_assume_role_policy(RoleName="orders", PolicyDocument=document)
    if right == "service":
        functions.add_permission(
            FunctionName="orders",
            StatementId="kinesis",
            Action="lambda:InvokeFunction",
            Principal="kinesis.amazonaws.com",
            SourceArn=stream,
        )
    kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="a")
    try:
        functions.create_event_source_mapping(
            FunctionName="orders", EventSourceArn=stream, StartingPosition="TRIM_HORIZON"
        )
    except functions.exceptions.ClientError:
        return {"mapping": "refused", "records": 0}
    stage.clock.drain()
    logs = stage.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return {"mapping": "created", "records": 0}
    lines = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="RECORDS")["events"]
    return {"mapping": "created", "records": sum(int(line["message"].split()[1]) for line in lines)}
