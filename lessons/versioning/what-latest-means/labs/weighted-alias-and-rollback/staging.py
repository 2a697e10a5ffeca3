"""Versions 1 and 2 of a function, an alias, and the learner's two updates of it."""

import io
import json
import zipfile

GOOD = '''
def lambda_handler(event, context):
    return {"version": context.function_version, "cents": event["cents"] - event.get("discount", 0)}
'''
NEW = GOOD.replace('event.get("discount", 0)', 'event["discount"]')

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


def observe(stage, folder, calls, **bounds):
    functions = stage.client("lambda")
    create(stage, GOOD, role(stage))
    functions.publish_version(FunctionName="orders")
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(NEW), Publish=True)
    stage.clock.drain()
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    update(functions, folder.json("canary.json"))
    first = {f"canary_{name}": value for name, value in seen(functions, calls).items()}
    update(functions, folder.json("rollback.json"))
    return {**first, **{f"rollback_{name}": value for name, value in seen(functions, calls).items()}}


def update(functions, asked):
    """What is no object is handed on as it is, so that the learner is told."""
    functions.update_alias(**asked if isinstance(asked, dict) else {"cli-input-json": asked})


def seen(functions, calls):
    """Where the alias points, and what the calls met. Every other order has no discount."""
    alias = functions.get_alias(FunctionName="orders", Name="live")
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    new = failed = 0
    for number in range(calls):
        event = {"cents": 900, "discount": 100} if number % 2 else {"cents": 900}
        answer = functions.invoke(FunctionName="orders:live", Payload=json.dumps(event))
        new += answer["ExecutedVersion"] == "2"
        failed += "FunctionError" in answer
    share = weights.get("2", 0.0) if alias["FunctionVersion"] == "1" else 1.0 - weights.get("1", 0.0)
    return {"main": alias["FunctionVersion"], "share_of_2": round(share, 6), "met_2": new, "failed": failed}
