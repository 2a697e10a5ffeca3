"""An event fails three times; what lies in the dead-letter queue is looked at."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    raise ValueError("no such customer")
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
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b'{"order": 17}')
    stage.clock.drain()
    letter = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"][0]
    attributes = letter.get("MessageAttributes", {})
    texts = " ".join(str(one.get("StringValue")) for one in attributes.values())
    return {
        "keys": " ".join(sorted(json.loads(letter["Body"]))),
        "attributes": " ".join(sorted(attributes)),
        "trace": "Traceback" in texts or "lambda_function.py" in texts,
    }
