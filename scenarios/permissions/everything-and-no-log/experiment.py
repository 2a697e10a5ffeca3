"""A role without rights for logs, and one of four remedies; `give` in the change says which."""

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


def observe(stage, change):
    iam, functions, logs = stage.client("iam"), stage.client("lambda"), stage.client("logs")
    role_arn = role(stage)
    iam.delete_role_policy(RoleName="orders", PolicyName="rights")
    give = change["give"]
    code = CODE.replace("print(", "import logging; logging.getLogger().warning(") if give == "logging" else CODE
    create(stage, code, role_arn)
    if give == "group":
        logs.create_log_group(logGroupName="/aws/lambda/orders")
    elif give == "invoke":
        functions.add_permission(
            FunctionName="orders",
            StatementId="logs",
            Action="lambda:InvokeFunction",
            Principal="logs.amazonaws.com",
        )
    elif give == "policy":
        basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        iam.attach_role_policy(RoleName="orders", PolicyArn=basic)
    answer = functions.invoke(FunctionName="orders")
    stage.clock.drain()
    groups = logs.describe_log_groups()["logGroups"]
    events = [logs.filter_log_events(logGroupName=group["logGroupName"])["events"] for group in groups]
    lines = sum("it runs" in event["message"] for found in events for event in found)
    return {"status": answer["StatusCode"], "lines": lines}
