"""An asynchronous event that always fails: what the caller hears, and when the function gets it."""

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


def printed(stage, name="orders"):
    """What the function printed after SEEN, with the region's second of each line, in order."""
    logs = stage.client("logs")
    try:
        lines = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", filterPattern="SEEN")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [(line["timestamp"] / 1000, json.loads(line["message"].partition(" ")[2])) for line in lines]


def observe(stage):
    deploy(stage, CODE)
    answer = stage.client("lambda").invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    stage.clock.drain()
    runs = printed(stage)
    times = [round(moment) for moment, _ in runs]
    return {
        "status": answer["StatusCode"],
        "body": answer["Payload"].read().decode(),
        "function_error": answer.get("FunctionError"),
        "attempts": len(runs),
        "request_ids": len({request_id for _, request_id in runs}),
        "first_wait_s": times[1] - times[0],
        "second_wait_s": times[2] - times[1],
    }
