"""A topic sends to a function: without a statement in its policy, for another topic, for this one."""

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


def runs(stage, name="orders"):
    """How often the function has run, by the START lines of its log."""
    logs = stage.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    found = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    return sum(event["message"].startswith("START ") for events in found for event in events)


def observe(stage):
    functions, sns = stage.client("lambda"), stage.client("sns")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    create(stage, CODE, role(stage, everything))
    arn = functions.get_function_configuration(FunctionName="orders")["FunctionArn"]
    topic = sns.create_topic(Name="shipped")["TopicArn"]
    other = sns.create_topic(Name="returned")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)

    def publish():
        before = runs(stage)
        sns.publish(TopicArn=topic, Message="a parcel")
        stage.clock.drain()
        return runs(stage) - before

    def permit(source):
        functions.add_permission(
            FunctionName="orders",
            StatementId=source.rpartition(":")[2],
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=source,
        )

    without = publish()
    permit(other)
    for_another = publish()
    permit(topic)
    with_leave = publish()
    functions.remove_permission(FunctionName="orders", StatementId="shipped")
    return {
        "without": without,
        "for_another_topic": for_another,
        "with_leave": with_leave,
        "taken_back": publish(),
    }
