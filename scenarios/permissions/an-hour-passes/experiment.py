"""A rule runs a function every hour, after a step: `put`, `trust`, `leave` or `mapping`, as the option says."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    print("RAN")
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


def observe(stage, change):
    functions, events, iam = stage.client("lambda"), stage.client("events"), stage.client("iam")
    put = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
    function = create(stage, role(stage, *([put] if change["step"] == "put" else [])))
    stage.clock.pause()
    rule = events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": function}])
    if change["step"] == "trust":
        both = {**TRUST, "Principal": {"Service": ["lambda.amazonaws.com", "events.amazonaws.com"]}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [both]})
        iam.update_assume_role_policy(RoleName="orders", PolicyDocument=document)
    if change["step"] == "leave":
        functions.add_permission(
            FunctionName="orders",
            StatementId="hourly",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
    if change["step"] == "mapping":
        try:
            functions.create_event_source_mapping(FunctionName="orders", EventSourceArn=rule)
        except functions.exceptions.ClientError:
            pass
    stage.clock.advance(3 * 3600 + 60)
    events.disable_rule(Name="hourly")
    stage.clock.run()
    stage.clock.drain()
    return {"runs": runs(stage)}


def runs(stage):
    logs = stage.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return 0
    found = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern="RAN")["events"]
    return len(found)
