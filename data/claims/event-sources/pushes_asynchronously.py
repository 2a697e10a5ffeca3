"""A bucket and a topic that push to a function which always fails; the topic at first without a permission."""

import io
import json
import zipfile

CODE = """
def handler(event, context):
    print('SEEN "a run"')
    raise ValueError("cannot be read")
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


def observe(stage):
    functions, s3, sns = stage.client("lambda"), stage.client("s3"), stage.client("sns")
    s3.create_bucket(Bucket="pictures")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    for name in ("pictures", "messages"):
        deploy(stage, CODE, name=name)
    arn = functions.get_function(FunctionName="pictures")["Configuration"]["FunctionArn"]
    wanted = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    _allow(functions, "pictures", "s3.amazonaws.com")
    s3.put_bucket_notification_configuration(Bucket="pictures", NotificationConfiguration=wanted)
    s3.put_object(Bucket="pictures", Key="cat.png", Body=b"")
    messages = functions.get_function(FunctionName="messages")["Configuration"]["FunctionArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=messages)
    sns.publish(TopicArn=topic, Message="before the permission")
    stage.clock.drain()
    without = len(printed(stage, "messages"))
    _allow(functions, "messages", "sns.amazonaws.com")
    sns.publish(TopicArn=topic, Message="with it")
    stage.clock.drain()
    times = [moment for moment, _ in printed(stage, "pictures")]
    return {
        "bucket_attempts": len(times),
        "bucket_first_wait_s": round(times[1] - times[0]),
        "topic_attempts_without": without,
        "topic_attempts": len(printed(stage, "messages")),
    }


def _allow(functions, name, service):
    functions.add_permission(FunctionName=name, StatementId="push", Action="lambda:InvokeFunction", Principal=service)
