"""A function fails for an hour; an asynchronous event and a message of a queue came at its beginning."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import os


def lambda_handler(event, context):
    if os.environ.get("DOWN"):
        raise ConnectionError("the service is down")
    print("DONE", "message" if "Records" in event else "event")
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
    queue = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rights = {"Effect": "Allow", "Action": "sqs:*", "Resource": arn}
    create(stage, role(stage, rights), Environment={"Variables": {"DOWN": "yes"}})
    functions.create_event_source_mapping(FunctionName="orders", EventSourceArn=arn)
    stage.clock.drain()
    stage.clock.pause()
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b'{"order": 17}')
    sqs.send_message(QueueUrl=queue, MessageBody="17")
    stage.clock.advance(3600)
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {}})
    stage.clock.advance(3600)
    stage.clock.run()
    stage.clock.drain()
    logs = stage.client("logs")
    lines = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="DONE")["events"]
    done = [line["message"].split()[1] for line in lines]
    return {"event": done.count("event"), "message": done.count("message")}
