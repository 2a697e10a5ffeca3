"""A topic sends to a function's alias; the leave stands on the function, then on the alias."""

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


def runs(stage, name="orders"):
    """How often the function has run, by the START lines of its log."""
    logs = stage.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    found = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    return sum(event["message"].startswith("START ") for events in found for event in events)


def observe(stage):
    functions, sns = stage.client("lambda"), stage.client("sns")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    alias = functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")["AliasArn"]
    topic = sns.create_topic(Name="shipped")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=alias)

    def publish():
        before = runs(stage)
        sns.publish(TopicArn=topic, Message="a parcel")
        stage.clock.drain()
        return runs(stage) - before

    def permit(**where):
        functions.add_permission(
            FunctionName="orders",
            StatementId="topic",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=topic,
            **where,
        )

    permit()
    on_function = publish()
    permit(Qualifier="live")
    on_latest = refused(
        functions.add_permission,
        FunctionName="orders",
        Qualifier="$LATEST",
        StatementId="latest",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
    )
    return {
        "leave_on_the_function": on_function,
        "leave_on_the_alias": publish(),
        "leave_on_latest": on_latest[0],
        "leave_on_latest_text": on_latest[2],
    }
