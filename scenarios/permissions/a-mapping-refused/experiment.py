"""Maps a queue to a function, after one of four additions; `add` in the change says which."""

import io
import json
import zipfile

CODE = """
def lambda_handler(event, context):
    print("it runs")
    return {"ran": True}
"""

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}


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


def create(stage, code, role_arn, name="orders", **settings):
    stage.client("lambda").create_function(
        FunctionName=name,
        Role=role_arn,
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": zipped(code)},
        **settings,
    )
    stage.clock.drain()


def refused(call, **parameters):
    """Code, HTTP status and message of a refusal."""
    try:
        call(**parameters)
    except stage_error(call) as error:
        answer = error.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    return "accepted", 200, ""


def stage_error(call):
    return call.__self__.exceptions.ClientError


def runs(stage):
    """How often the function has run, by the START lines of its log."""
    logs = stage.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/orders")["logGroups"]
    found = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    return sum(event["message"].startswith("START ") for events in found for event in events)


def observe(stage, change):
    iam, functions, sqs = stage.client("iam"), stage.client("lambda"), stage.client("sqs")
    queue = sqs.create_queue(QueueName="parcels")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    poll = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    actions = {"role": poll, "send": ["sqs:SendMessage"]}.get(change["add"])
    rights = [{"Effect": "Allow", "Action": actions, "Resource": arn}] if actions else []
    create(stage, CODE, role(stage, *rights))
    if change["add"] == "leave":
        functions.add_permission(
            FunctionName="orders",
            StatementId="queue",
            Action="lambda:InvokeFunction",
            Principal="sqs.amazonaws.com",
            SourceArn=arn,
        )
    elif change["add"] == "trust":
        second = {**TRUST, "Principal": {"Service": "sqs.amazonaws.com"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST, second]})
        iam.update_assume_role_policy(RoleName="orders", PolicyDocument=document)
    code, status, _ = refused(functions.create_event_source_mapping, FunctionName="orders", EventSourceArn=arn)
    sqs.send_message(QueueUrl=queue, MessageBody="a parcel")
    stage.clock.drain()
    return {"code": code, "status": status, "runs": runs(stage)}
