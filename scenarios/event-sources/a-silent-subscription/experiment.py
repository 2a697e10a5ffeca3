"""A topic with a function as subscriber, under one change: more for the `role`, a `permission`, a `mapping`, or `retries`."""

import io
import json
import zipfile

CODE = """
def handler(event, context):
    print('SEEN "a run"')
"""


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}


def deploy(stage, code, *actions, name="orders", **settings):
    """Create a function whose role may write logs and do ``actions``, and nothing else."""
    iam = stage.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["logs:*", *actions], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=policy)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("lambda_function.py", code)
    stage.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Code={"ZipFile": package.getvalue()},
        **settings,
    )
    stage.clock.drain()


def printed(stage, name="orders"):
    """What the function printed after SEEN, with the region's second of each line, in order."""
    logs = stage.client("logs")
    try:
        lines = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", filterPattern="SEEN")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [(line["timestamp"] / 1000, json.loads(line["message"].partition(" ")[2])) for line in lines]


def refusal(stage, act):
    """What AWS answers to a call that it refuses; None where it accepts it."""
    try:
        act()
    except stage.client("lambda").exceptions.ClientError as error:
        return error.response["Error"]["Message"]
    return None


def observe(stage, change):
    functions, sns = stage.client("lambda"), stage.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    deploy(stage, CODE, *(("sns:Subscribe", "sns:Receive") if change.get("role") else ()))
    arn = functions.get_function(FunctionName="orders")["Configuration"]["FunctionArn"]
    if change.get("permission"):
        functions.add_permission(
            FunctionName="orders", StatementId="sns", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
        )
    if change.get("mapping"):
        refusal(stage, lambda: functions.create_event_source_mapping(FunctionName="orders", EventSourceArn=topic))
    if "retries" in change:
        functions.put_function_event_invoke_config(FunctionName="orders", MaximumRetryAttempts=change["retries"])
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="an order")
    stage.clock.drain()
    return {"runs": len(printed(stage))}
