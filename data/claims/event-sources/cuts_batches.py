"""Messages that wait already, and messages that come one after another, cut into batches."""

import io
import json
import zipfile

SQS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

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


def send(stage, url, *bodies):
    """Put messages into a queue, all in one request."""
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    stage.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def map_to(stage, source, **settings):
    """Let Lambda poll a source for the function, and let it do so until nothing is left to do."""
    stage.client("lambda").create_event_source_mapping(FunctionName="orders", EventSourceArn=source, **settings)
    stage.clock.drain()


def observe(stage, messages, window):
    """``messages`` wait before there is a mapping; ``window``: seconds of the batching window of the second part."""
    url, arn = a_queue(stage, "waiting")
    for number in range(messages):
        send(stage, url, f"order {number}")
    deploy(stage, CODE, *SQS)
    map_to(stage, arn)
    sizes = [len(batch) for _, batch in printed(stage)]
    seen = {"batches": len(sizes), "largest": max(sizes)}
    for name, settings in (("windowless", {}), ("windowed", {"MaximumBatchingWindowInSeconds": window})):
        url, arn = a_queue(stage, name, VisibilityTimeout="600")
        begun, before = stage.clock.now(), len(printed(stage))
        stage.client("sqs").send_message(QueueUrl=url, MessageBody="early")
        stage.client("sqs").send_message(QueueUrl=url, MessageBody="late", DelaySeconds=window // 3)
        map_to(stage, arn, **settings)
        invoked = printed(stage)[before:]
        seen[f"{name}_invocations"] = len(invoked)
        seen[f"{name}_largest"] = max(len(batch) for _, batch in invoked)
        seen[f"{name}_waited"] = invoked[0][0] - begun >= window
    return seen
