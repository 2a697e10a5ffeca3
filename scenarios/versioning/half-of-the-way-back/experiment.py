"""Takes one of four steps with a weighted alias; `step` in the change says which."""

import io
import json
import zipfile

CODE = """
import os


def lambda_handler(event, context):
    return {"start": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], "version": context.function_version,
            "arn": context.invoked_function_arn}
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


def refused(call, **parameters):
    """Code, HTTP status and message of a refusal."""
    try:
        call(**parameters)
    except stage_error(call) as error:
        answer = error.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    return "accepted", 200, ""


def stage_error(call):
    return call.__self__.exceptions.ClientError


def observe(stage, weight, change):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE + "# broken"), Publish=True)
    stage.clock.drain()
    alias = {"FunctionName": "orders", "Name": "live"}
    routing = {"AdditionalVersionWeights": {"2": weight}}
    functions.create_alias(**alias, FunctionVersion="1", RoutingConfig=routing)
    step = change["step"]
    if step == "version":
        code, _, _ = refused(functions.update_alias, **alias, FunctionVersion="1")
    elif step == "weights":
        code, _, _ = refused(functions.update_alias, **alias, RoutingConfig={"AdditionalVersionWeights": {}})
    elif step == "delete":
        code, _, _ = refused(functions.delete_function, FunctionName="orders", Qualifier="2")
    else:
        functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE))
        stage.clock.drain()
        code, _, _ = refused(functions.publish_version, FunctionName="orders")
    now = functions.get_alias(**alias)
    weights = now.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return {"code": code, "main": now["FunctionVersion"], "weight": weights.get("2", 0)}
