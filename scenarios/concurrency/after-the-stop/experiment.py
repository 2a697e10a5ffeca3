"""A function is stopped by a reservation of zero, called in two ways, and started again after an hour."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    print("RAN " + event["from"])
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


def observe(stage):
    functions, sqs = stage.client("lambda"), stage.client("sqs")
    queue = sqs.create_queue(QueueName="failed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    create(stage, role(stage, send), DeadLetterConfig={"TargetArn": arn})
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    try:
        functions.invoke(FunctionName="orders", Payload=json.dumps({"from": "waiting"}))
        waiting = "answered"
    except functions.exceptions.TooManyRequestsException:
        waiting = "throttled"
    event = json.dumps({"from": "queued"})
    queued = functions.invoke(FunctionName="orders", InvocationType="Event", Payload=event)["StatusCode"]
    stage.clock.drain()
    stage.clock.advance(3600)
    functions.delete_function_concurrency(FunctionName="orders")
    after = functions.invoke(FunctionName="orders", Payload=json.dumps({"from": "after"}))
    stage.clock.drain()
    stage.clock.advance(7 * 3600)
    stage.clock.drain()
    lines = stage.client("logs").filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="RAN")["events"]
    ran = sorted(line["message"].split()[1] for line in lines)
    letters = sqs.receive_message(QueueUrl=queue).get("Messages", [])
    return {
        "waiting": waiting,
        "queued": queued,
        "after": after["StatusCode"],
        "ran": " ".join(ran),
        "letters": " ".join(json.loads(letter["Body"])["from"] for letter in letters),
    }
