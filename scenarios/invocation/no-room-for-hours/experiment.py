"""An event that is throttled for hours, with no retries allowed."""

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


def a_queue(stage, name, **attributes):
    """A queue's URL and ARN."""
    sqs = stage.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def waiting(stage, url):
    """The messages that lie in a queue now, each received once."""
    found = []
    request = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    while messages := stage.client("sqs").receive_message(**request).get("Messages"):
        found += messages
    return found


def observe(stage, hours):
    url, arn = a_queue(stage, "failures")
    deploy(stage, CODE, "sqs:SendMessage")
    functions = stage.client("lambda")
    functions.put_function_event_invoke_config(
        FunctionName="orders", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    version = functions.publish_version(FunctionName="orders")["Version"]
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    functions.put_provisioned_concurrency_config(
        FunctionName="orders", Qualifier=version, ProvisionedConcurrentExecutions=1
    )
    stage.clock.drain()
    stage.clock.pause()
    answer = functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    full = _room_after(stage, hours)
    return {
        "status": answer["StatusCode"],
        "runs_while_full": full,
        "runs": len(printed(stage)),
        "records": len(waiting(stage, url)),
    }


def _room_after(stage, hours):
    """Give it room when the hours are over. How often it ran before."""
    stage.clock.advance(hours * 3600)
    runs = len(printed(stage))
    stage.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=2)
    stage.clock.run()
    stage.clock.drain()
    return runs
