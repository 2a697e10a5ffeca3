"""Two topics push to one function after a step: `deny`, `second`, `narrow` or `remove`, as the option says."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import json


def lambda_handler(event, context):
    print("FROM " + event["Records"][0]["Sns"]["Message"])
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


def allow(functions, name, **source):
    functions.add_permission(
        FunctionName="orders",
        StatementId=name,
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        **source,
    )


def observe(stage, change):
    functions, sns, iam = stage.client("lambda"), stage.client("sns"), stage.client("iam")
    function = create(stage, role(stage))
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("shipped", "test")}
    allow(functions, "first")
    for arn in topics.values():
        sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=function)
    step = change["step"]
    if step == "deny":
        deny = {"Effect": "Deny", "Action": "sns:Publish", "Resource": topics["test"]}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
        iam.put_role_policy(RoleName="orders", PolicyName="deny", PolicyDocument=policy)
    if step in ("narrow", "remove"):
        functions.remove_permission(FunctionName="orders", StatementId="first")
    if step in ("narrow", "second"):
        allow(functions, "narrow", SourceArn=topics["shipped"])
    for name, arn in topics.items():
        sns.publish(TopicArn=arn, Message=name)
    stage.clock.drain()
    return {name: ran(stage, name) for name in topics}


def ran(stage, name):
    logs = stage.client("logs")
    groups = logs.describe_log_groups()["logGroups"]
    if not groups:
        return 0
    events = logs.filter_log_events(logGroupName="/aws/lambda/orders")["events"]
    return sum(event["message"].startswith("FROM " + name) for event in events)
