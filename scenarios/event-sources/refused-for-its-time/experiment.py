"""A mapping of a queue for a function with a long timeout, under one change: `visibility`, settings of the `mapping`, a `destination`."""

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


def a_queue(stage, name, **attributes):
    """A queue's URL and ARN."""
    sqs = stage.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def map_to(stage, source, **settings):
    """Let Lambda poll a source for the function, and let it do so until nothing is left to do."""
    stage.client("lambda").create_event_source_mapping(FunctionName="orders", EventSourceArn=source, **settings)
    stage.clock.drain()


def refusal(stage, act):
    """What AWS answers to a call that it refuses; None where it accepts it."""
    try:
        act()
    except stage.client("lambda").exceptions.ClientError as error:
        return error.response["Error"]["Message"]
    return None


def observe(stage, change):
    hidden = {"VisibilityTimeout": str(change["visibility"])} if "visibility" in change else {}
    _, arn = a_queue(stage, "orders", **hidden)
    _, others = a_queue(stage, "others")
    deploy(stage, CODE, *SQS, "sqs:SendMessage", Timeout=60)
    settings = dict(change.get("mapping", {}))
    if change.get("destination"):
        settings["DestinationConfig"] = {"OnFailure": {"Destination": others}}
    return {"refused": refusal(stage, lambda: map_to(stage, arn, **settings))}
