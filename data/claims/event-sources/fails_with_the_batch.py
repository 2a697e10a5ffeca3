"""Five messages in one batch, one of which the function cannot read, and the queue's redrive policy."""

import io
import json
import zipfile

SQS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

CODE = """
import json

def handler(event, context):
    bodies = [record["body"] for record in event["Records"]]
    print("SEEN " + json.dumps(bodies))
    if "poison" in bodies:
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


def observe(stage, receives, visibility):
    """``receives``: maxReceiveCount of the queue; ``visibility``: its visibility timeout in seconds."""
    letters, letters_arn = a_queue(stage, "letters")
    functions_letters, functions_letters_arn = a_queue(stage, "functions-letters")
    redrive = json.dumps({"deadLetterTargetArn": letters_arn, "maxReceiveCount": receives})
    url, arn = a_queue(stage, "orders", RedrivePolicy=redrive, VisibilityTimeout=str(visibility))
    send(stage, url, "one", "two", "poison", "three", "four")
    deploy(stage, CODE, *SQS, "sqs:SendMessage", DeadLetterConfig={"TargetArn": functions_letters_arn})
    stage.client("lambda").put_function_event_invoke_config(FunctionName="orders", MaximumRetryAttempts=0)
    map_to(stage, arn)
    runs = printed(stage)
    return {
        "runs": len(runs),
        "wait_s": round(runs[1][0] - runs[0][0]),
        "good_message_seen": sum("one" in bodies for _, bodies in runs),
        "in_the_queues_dead_letter_queue": len(waiting(stage, letters)),
        "in_the_functions_dead_letter_queue": len(waiting(stage, functions_letters)),
    }
