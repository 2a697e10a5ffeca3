"""Points an alias to one version and to two, and tries what is not allowed: a third, another alias, $LATEST."""

import io
import json
import zipfile

CODE = """
import os


def lambda_handler(event, context):
    return {"said": os.environ.get("WORD"), "version": context.function_version, "arn": context.invoked_function_arn}
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


def said(stage, qualifier):
    answer = stage.client("lambda").invoke(FunctionName="orders", Qualifier=qualifier)
    return json.load(answer["Payload"])["said"], answer["ExecutedVersion"]


def word(stage, text):
    stage.client("lambda").update_function_configuration(
        FunctionName="orders", Environment={"Variables": {"WORD": text}}
    )
    stage.clock.drain()


def three_versions(stage):
    """Versions 1, 2 and 3, which say one, two and three."""
    create(stage, CODE, role(stage))
    for text in ("one", "two", "three"):
        word(stage, text)
        stage.client("lambda").publish_version(FunctionName="orders")


def observe(stage):
    functions = stage.client("lambda")
    three_versions(stage)
    alias = {"FunctionName": "orders", "Name": "live"}
    functions.create_alias(**alias, FunctionVersion="1")
    single = said(stage, "live")

    def weights(**numbers):
        return {"AdditionalVersionWeights": {name.strip("v"): weight for name, weight in numbers.items()}}

    functions.update_alias(**alias, RoutingConfig=weights(v2=1.0))
    all_to_second = {said(stage, "live")[1] for _ in range(10)}
    functions.update_alias(**alias, RoutingConfig=weights(v2=0.0))
    none_to_second = {said(stage, "live")[1] for _ in range(10)}
    third = refused(functions.update_alias, **alias, RoutingConfig=weights(v2=0.1, v3=0.1))
    latest = refused(functions.update_alias, **alias, RoutingConfig={"AdditionalVersionWeights": {"$LATEST": 0.1}})
    main = refused(functions.update_alias, **alias, FunctionVersion="$LATEST", RoutingConfig=weights(v2=0.1))
    other = refused(functions.create_alias, FunctionName="orders", Name="other", FunctionVersion="live")
    functions.update_alias(**alias, FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
    return {
        "single": single[0],
        "weight_one": " ".join(sorted(all_to_second)),
        "weight_zero": " ".join(sorted(none_to_second)),
        "third": third[0],
        "third_text": third[2],
        "latest_added": latest[0],
        "latest_added_text": latest[2],
        "latest_main": main[0],
        "alias_of_alias": other[0],
        "moved_to": said(stage, "live")[1],
        "weights_left": len(functions.get_alias(**alias).get("RoutingConfig", {}).get("AdditionalVersionWeights", {})),
    }
