"""What a dead-letter queue gets of a failed event, and what a destination gets."""

import io
import json
import zipfile

CODE = """
import json

def handler(event, context):
    print("SEEN " + json.dumps(context.aws_request_id))
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


def observe(stage):
    letters, letters_arn = a_queue(stage, "letters")
    records, records_arn = a_queue(stage, "records")
    functions = stage.client("lambda")
    deploy(stage, CODE, "sqs:SendMessage", name="old", DeadLetterConfig={"TargetArn": letters_arn})
    deploy(stage, CODE, "sqs:SendMessage", "events:PutEvents", name="new")
    deploy(stage, "def handler(event, context):\n    return 'done'\n", "sqs:SendMessage", name="works")
    for name, condition in (("new", "OnFailure"), ("works", "OnSuccess")):
        destination = {condition: {"Destination": records_arn}}
        functions.put_function_event_invoke_config(FunctionName=name, DestinationConfig=destination)
    for name in ("old", "new", "works"):
        functions.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"order": 7}')
        stage.clock.drain()
    [letter] = waiting(stage, letters)
    found = {record["requestContext"]["condition"]: record for record in map(_body, waiting(stage, records))}
    success, failure = found["Success"], found["RetriesExhausted"]
    bus = stage.client("events").describe_event_bus(Name="default")["Arn"]
    to_a_bus = {"DeadLetterConfig": {"TargetArn": bus}}
    record_to_a_bus = {"DestinationConfig": {"OnFailure": {"Destination": bus}}}
    return {
        "letter_body": letter["Body"],
        "letter_attributes": " ".join(sorted(letter["MessageAttributes"])),
        "letter_error": letter["MessageAttributes"]["ErrorMessage"]["StringValue"],
        "letter_code": letter["MessageAttributes"]["ErrorCode"]["StringValue"],
        "record_request": json.dumps(failure["requestPayload"]),
        "record_error_type": failure["responsePayload"]["errorType"],
        "record_attempts": failure["requestContext"]["approximateInvokeCount"],
        "conditions": " ".join(sorted(found)),
        "success_response": success["responsePayload"],
        "letter_to_a_bus": _accepted(functions.update_function_configuration, **to_a_bus),
        "record_to_a_bus": _accepted(functions.put_function_event_invoke_config, **record_to_a_bus),
    }


def _body(message):
    return json.loads(message["Body"])


def _accepted(call, **parameters):
    try:
        call(FunctionName="new", **parameters)
    except call.__self__.exceptions.InvalidParameterValueException:
        return "refused"
    return "accepted"
