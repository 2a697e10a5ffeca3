"""Publishes to a topic that names an alias, after one of four steps; `where` in the change says which."""

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
    iam, functions, sns = stage.client("iam"), stage.client("lambda"), stage.client("sns")
    create(stage, CODE, role(stage))
    topic = sns.create_topic(Name="shipped")["TopicArn"]

    def permit(name, **qualifier):
        return refused(
            functions.add_permission,
            FunctionName="orders",
            StatementId=name,
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=topic,
            **qualifier,
        )[0]

    code = permit("before")
    functions.publish_version(FunctionName="orders")
    alias = functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")["AliasArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=alias)
    if change["where"] == "role":
        right = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": alias}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, right]})
        iam.put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
    else:
        qualifiers = {"function": {}, "latest": {"Qualifier": "$LATEST"}, "alias": {"Qualifier": "live"}}
        code = permit("after", **qualifiers[change["where"]])
    sns.publish(TopicArn=topic, Message="a parcel")
    stage.clock.drain()
    return {"code": code, "runs": runs(stage)}
