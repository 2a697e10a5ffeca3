"""Orders and pings in a queue, and a mapping that wants orders only."""

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


def waiting(stage, url):
    """The messages that lie in a queue now, each received once."""
    found = []
    request = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    while messages := stage.client("sqs").receive_message(**request).get("Messages"):
        found += messages
    return found


def observe(stage, pings):
    letters, letters_arn = a_queue(stage, "letters")
    redrive = json.dumps({"deadLetterTargetArn": letters_arn, "maxReceiveCount": 2})
    url, arn = a_queue(stage, "orders", RedrivePolicy=redrive)
    send(stage, url, *(json.dumps({"kind": kind}) for kind in ["order", *["ping"] * pings, "order"]))
    deploy(stage, CODE, *SQS)
    pattern = json.dumps({"body": {"kind": ["order"]}})
    map_to(stage, arn, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    return {
        "given": sum(len(bodies) for _, bodies in printed(stage)),
        "left": len(waiting(stage, url)),
        "letters": len(waiting(stage, letters)),
    }
