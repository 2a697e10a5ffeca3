"""Stages the queue with ten orders, the function with the learner's mapping, and waits until the queue is empty."""

import io
import json
import zipfile

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
ALLOWED = ["logs:*", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
BAD = (3, 7)


def observe(stage, folder, messages, receives):
    """Fill the queue, map it as the learner says, and see what was booked and what is left where."""
    queue, bad = _queues(stage, receives)
    entries = [{"Id": str(number), "MessageBody": _order(number)} for number in range(messages)]
    stage.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
    functions = stage.client("lambda")
    functions.create_function(
        FunctionName="orders",
        Role=_role(stage),
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": _zipped(folder)},
    )
    stage.clock.drain()
    parameters = folder.json("mapping.json")
    functions.create_event_source_mapping(
        **(parameters if isinstance(parameters, dict) else {"FunctionName": parameters})
    )
    stage.clock.drain()
    batches = _told(stage, "BATCH")
    return {
        "booked": " ".join(sorted(_told(stage, "BOOKED"))),
        "bad": " ".join(sorted(_orders_in(stage, bad))),
        "good": " ".join(f"order-{number}" for number in range(messages) if number not in BAD),
        "unbookable": " ".join(f"order-{number}" for number in BAD),
        "largest_batch": max(map(int, batches), default=0),
    }


def _queues(stage, receives):
    sqs = stage.client("sqs")
    bad = sqs.create_queue(QueueName="bad-orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=bad, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": receives})
    return sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive})["QueueUrl"], bad


def _order(number):
    return json.dumps({"id": f"order-{number}", "article": "unicorn" if number in BAD else "lamp"})


def _role(stage):
    iam = stage.client("iam")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ALLOWED, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="orders", PolicyName="allowed", PolicyDocument=policy)
    return role


def _zipped(folder):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, text in folder.items():
            archive.writestr(name, text)
    return package.getvalue()


def _told(stage, mark):
    """What stands after this mark in the function's log."""
    logs = stage.client("logs")
    try:
        lines = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern=mark)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [line["message"].split()[1] for line in lines if line["message"].startswith(mark + " ")]


def _orders_in(stage, queue):
    found = []
    while messages := stage.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"])["id"] for message in messages]
    return found
