"""Publishes to a topic with a subscribed function, after one of four additions; `add` in the change says which."""

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


def runs(stage):
    """How often the function has run, by the START lines of its log."""
    logs = stage.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/orders")["logGroups"]
    found = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    return sum(event["message"].startswith("START ") for events in found for event in events)


def observe(stage, change):
    iam, functions, sns = stage.client("iam"), stage.client("lambda"), stage.client("sns")
    create(stage, CODE, role(stage))
    arn = functions.get_function_configuration(FunctionName="orders")["FunctionArn"]
    topic = sns.create_topic(Name="shipped")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    if change["add"] == "role":
        iam.attach_role_policy(RoleName="orders", PolicyArn="arn:aws:iam::aws:policy/AmazonSNSFullAccess")
    elif change["add"] == "trust":
        second = {**TRUST, "Principal": {"Service": "sns.amazonaws.com"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST, second]})
        iam.update_assume_role_policy(RoleName="orders", PolicyDocument=document)
    else:
        functions.add_permission(
            FunctionName="orders",
            StatementId="topic",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn={"topic": topic, "function": arn}[change["add"]],
        )
    sns.publish(TopicArn=topic, Message="a parcel")
    stage.clock.drain()
    return {"runs": runs(stage)}
