"""A FIFO queue with two groups, in one of which a message fails at first."""

import io
import json
import zipfile

SQS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

CODE = """
import json

def handler(event, context):
    for record in event["Records"]:
        group = record["attributes"]["MessageGroupId"]
        print("SEEN " + json.dumps([group, record["body"], record["attributes"]["ApproximateReceiveCount"]]))
        if record["body"] == "poison" and record["attributes"]["ApproximateReceiveCount"] == "1":
            raise ValueError("not at the first time")
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


def a_queue(stage, name, **attributes):
    """A queue's URL and ARN."""
    sqs = stage.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def map_to(stage, source, **settings):
    """Let Lambda poll a source for the function, and let it do so until nothing is left to do."""
    stage.client("lambda").create_event_source_mapping(FunctionName="orders", EventSourceArn=source, **settings)
    stage.clock.drain()


def observe(stage):
    _, arn = a_queue(stage, "orders.fifo", FifoQueue="true", VisibilityTimeout="30")
    sqs = stage.client("sqs")
    url = sqs.get_queue_url(QueueName="orders.fifo")["QueueUrl"]
    for place, (group, body) in enumerate([("a", "poison"), ("b", "1"), ("a", "2"), ("b", "2"), ("a", "3")]):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=str(place))
    deploy(stage, CODE, *SQS)
    map_to(stage, arn, BatchSize=1)
    seen = printed(stage)
    took = {group: max(moment for moment, (one, _, _) in seen if one == group) - seen[0][0] for group in ("a", "b")}
    return {
        "first_group": " ".join(body for _, (group, body, _) in seen if group == "a"),
        "first_group_s": round(took["a"]),
        "second_group_s": round(took["b"]),
    }
