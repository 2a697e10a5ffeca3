"""Publishes and updates with the hash and the revision of something that is no longer there."""

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


def observe(stage):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    reviewed = functions.get_function_configuration(FunctionName="orders")
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE + "# somebody else's change"))
    stage.clock.drain()
    publish = functions.publish_version
    by_hash = refused(publish, FunctionName="orders", CodeSha256=reviewed["CodeSha256"])
    by_revision = refused(publish, FunctionName="orders", RevisionId=reviewed["RevisionId"])
    now = functions.get_function_configuration(FunctionName="orders")
    right = refused(publish, FunctionName="orders", CodeSha256=now["CodeSha256"], RevisionId=now["RevisionId"])
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    alias = refused(functions.update_alias, FunctionName="orders", Name="live", RevisionId=reviewed["RevisionId"])
    return {
        "wrong_hash": by_hash[0],
        "wrong_hash_status": by_hash[1],
        "wrong_revision": by_revision[0],
        "wrong_revision_status": by_revision[1],
        "wrong_revision_text": by_revision[2],
        "right": right[0],
        "alias_wrong_revision_status": alias[1],
        "versions": len(functions.list_versions_by_function(FunctionName="orders")["Versions"]) - 1,
    }
