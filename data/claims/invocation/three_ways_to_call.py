"""The same function called in the three ways, and how often it ran."""

import io
import json
import zipfile

CODE = """
def handler(event, context):
    print('SEEN "a run"')
    return {"order": event["order"]}
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
    seen = {}
    for way, kind in (("dry_run", "DryRun"), ("asynchronous", "Event"), ("synchronous", "RequestResponse")):
        runs = len(printed(stage))
        answer = stage.client("lambda").invoke(FunctionName="orders", InvocationType=kind, Payload=b'{"order": 7}')
        stage.clock.drain()
        seen[f"{way}_status"] = answer["StatusCode"]
        seen[f"{way}_body"] = answer["Payload"].read().decode()
        seen[f"{way}_runs"] = len(printed(stage)) - runs
    return seen
