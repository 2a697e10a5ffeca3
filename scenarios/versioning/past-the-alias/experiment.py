"""A mapping names the function without a qualifier while an alias exists; a message arrives."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    print("VERSION", context.function_version)
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
    queue = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    create(stage, role(stage, {"Effect": "Allow", "Action": "sqs:*", "Resource": arn}))
    functions.publish_version(FunctionName="orders")
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    functions.create_event_source_mapping(FunctionName="orders", EventSourceArn=arn)
    stage.clock.drain()
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE + "\n# not done yet\n"))
    stage.clock.drain()
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    stage.clock.drain()
    logs = stage.client("logs")
    lines = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="VERSION")["events"]
    return {"version": lines[0]["message"].split()[1] if lines else "none"}
