"""A record that always fails, in a stream whose mapping has its defaults."""

import io
import json
import zipfile

KINESIS = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards")

CODE = """
import base64
import json

def handler(event, context):
    texts = [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]
    print("SEEN " + json.dumps(texts))
    if "poison" in texts:
        raise ValueError("poison cannot be read")
"""


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}


def deploy(stage, code, *actions, name="orders", **settings):
    """Create a function whose role may write logs and do ``actions``, and nothing else."""
    iam = stage.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["logs:*", *actions], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=policy)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("lambda_function.py", code)
    stage.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Code={"ZipFile": package.getvalue()},
        **settings,
    )
    stage.clock.drain()


def printed(stage, name="orders"):
    """What the function printed after SEEN, with the region's second of each line, in order."""
    logs = stage.client("logs")
    try:
        lines = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", filterPattern="SEEN")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [(line["timestamp"] / 1000, json.loads(line["message"].partition(" ")[2])) for line in lines]


def a_stream(stage, *texts):
    """The ARN of a stream with one shard that holds these records."""
    kinesis = stage.client("kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    arn = kinesis.describe_stream(StreamName="orders")["StreamDescription"]["StreamARN"]
    put(stage, *texts)
    return arn


def put(stage, *texts):
    """Put records into the stream, in this order."""
    records = [{"Data": text.encode(), "PartitionKey": "shop"} for text in texts]
    if records:
        stage.client("kinesis").put_records(StreamName="orders", Records=records)


def observe(stage, minutes):
    """``minutes``: for how long one looks on."""
    arn = a_stream(stage, "one", "poison", "two")
    deploy(stage, CODE, *KINESIS)
    stage.clock.pause()
    stage.client("lambda").create_event_source_mapping(
        FunctionName="orders", EventSourceArn=arn, StartingPosition="TRIM_HORIZON", BatchSize=1
    )
    stage.clock.advance(minutes * 60)
    runs = [texts for _, texts in printed(stage)]
    return {"before_it": runs.count(["one"]), "attempts": runs.count(["poison"]), "after_it": runs.count(["two"])}
