"""Mappings that are refused when one creates them."""

import io
import json
import zipfile

SQS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

KINESIS = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards")

CODE = """
import json

def handler(event, context):
    print("SEEN " + json.dumps([record["body"] for record in event["Records"]]))
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


def a_queue(stage, name, **attributes):
    """A queue's URL and ARN."""
    sqs = stage.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


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


def refusal(stage, act):
    """What AWS answers to a call that it refuses; None where it accepts it."""
    try:
        act()
    except stage.client("lambda").exceptions.ClientError as error:
        return error.response["Error"]["Message"]
    return None


def observe(stage):
    _, arn = a_queue(stage, "orders", VisibilityTimeout="30")
    _, letters_arn = a_queue(stage, "letters")
    stream = a_stream(stage)
    deploy(stage, CODE, *SQS, *KINESIS, "sqs:SendMessage", Timeout=60)
    functions = stage.client("lambda")

    def answer(source=arn, **settings):
        request = {"FunctionName": "orders", "EventSourceArn": source, **settings}
        return refusal(stage, lambda: functions.create_event_source_mapping(**request))

    return {
        "shorter_visibility": answer(),
        "large_batch": answer(BatchSize=11),
        "destination_of_a_queue": answer(DestinationConfig={"OnFailure": {"Destination": letters_arn}}),
        "stream_without_a_start": answer(source=stream),
    }
