"""Events that are throttled: one until there is room again, one until it is too old."""

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
    """``hours``: after this time there is room again."""
    url, arn = a_queue(stage, "failures")
    deploy(stage, CODE, "sqs:SendMessage")
    functions = stage.client("lambda")
    functions.put_function_event_invoke_config(
        FunctionName="orders", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    _take_all_room(stage, functions)
    stage.clock.pause()
    first = functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    stage.clock.advance(hours * 3600)
    meanwhile = len(printed(stage))
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=2)
    stage.clock.run()
    stage.clock.drain()
    ran = len(printed(stage))
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    sent = stage.clock.now()
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    stage.clock.drain()
    [letter] = waiting(stage, url)
    return {
        "status": first["StatusCode"],
        "runs_while_full": meanwhile,
        "runs_with_room": ran,
        "given_up_after_s": round(stage.clock.now() - sent),
        "condition": json.loads(letter["Body"])["requestContext"]["condition"],
        "runs_of_the_second": len(printed(stage)) - ran,
    }


def _take_all_room(stage, functions):
    """The one reserved execution is provisioned for a version, so that the unpublished function has none."""
    version = functions.publish_version(FunctionName="orders")["Version"]
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    functions.put_provisioned_concurrency_config(
        FunctionName="orders", Qualifier=version, ProvisionedConcurrentExecutions=1
    )
    stage.clock.drain()
