"""Stages the function with the learner's settings, a queue for what fails, and sends one order after another."""

import io
import json
import zipfile

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
ORDERS = (
    {"id": "A-17", "article": "lamp"},
    {"id": "B-23", "article": "piano"},
    {"id": "C-31", "article": "unicorn"},
    {"id": "D-42", "article": "piano"},
)


def observe(stage, folder, attempts):
    """Send the orders, wait for every retry, and see what was booked and what lies in the queue."""
    functions = stage.client("lambda")
    queue = stage.client("sqs").create_queue(QueueName="failed-orders")["QueueUrl"]
    functions.create_function(
        FunctionName="orders",
        Role=_role(stage),
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": _zipped(folder)},
    )
    stage.clock.drain()
    functions.update_function_configuration(**_input(folder, "configuration.json"))
    stage.clock.drain()
    functions.put_function_event_invoke_config(**_input(folder, "event-invoke-config.json"))
    for order in ORDERS:
        functions.invoke(FunctionName="orders", InvocationType="Event", Payload=json.dumps(order))
        stage.clock.drain()
    return _seen(stage, queue)


def _role(stage):
    iam = stage.client("iam")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["logs:*", "sqs:SendMessage"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="orders", PolicyName="allowed", PolicyDocument=policy)
    return role


def _zipped(folder):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, text in folder.items():
            archive.writestr(name, text)
    return package.getvalue()


def _input(folder, name):
    """The parameters of one call. What is no JSON object is refused by the SDK, in its words."""
    parameters = folder.json(name)
    return parameters if isinstance(parameters, dict) else {"FunctionName": parameters}


def _seen(stage, queue):
    kept = [json.loads(body) for body in _bodies(stage, queue)]
    kept = [record.get("requestPayload", record).get("id", "") for record in kept]
    booked, asked = _told(stage, "BOOKED"), _told(stage, "ASKED")
    lost = [order["id"] for order in ORDERS if order["id"] not in booked + kept]
    return {
        "booked": " ".join(sorted(booked)),
        "kept": " ".join(sorted(kept)),
        "lost": " ".join(lost),
        "tried": asked.count("C-31"),
    }


def _told(stage, mark):
    """The orders of which the warehouse told this in the log."""
    logs = stage.client("logs")
    try:
        lines = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern=mark)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [line["message"].split()[1] for line in lines if line["message"].startswith(mark + " ")]


def _bodies(stage, queue):
    found = []
    while messages := stage.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return found
