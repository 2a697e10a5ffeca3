"""A dead-letter queue is set, after one of four rights was given; the user of the update may do everything anyway."""

import io
import json
import zipfile

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
def lambda_handler(event, context):
    return "done"
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
    functions, sqs, iam = stage.client("lambda"), stage.client("sqs"), stage.client("iam")
    queue = sqs.create_queue(QueueName="letters")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rights = {
        "receive": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        "send": ["sqs:SendMessage"],
    }.get(change["right"])
    create(stage, role(stage, *([{"Effect": "Allow", "Action": rights, "Resource": arn}] if rights else [])))
    if change["right"] == "invoke":
        functions.add_permission(
            FunctionName="orders", StatementId="q", Action="lambda:InvokeFunction", Principal="sqs.amazonaws.com"
        )
    try:
        functions.update_function_configuration(FunctionName="orders", DeadLetterConfig={"TargetArn": arn})
    except functions.exceptions.InvalidParameterValueException:
        return {"update": "refused"}
    return {"update": "accepted"}
