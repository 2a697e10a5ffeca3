"""A stack with a function, a version and an alias is updated with other code of the function, and nothing else."""

import json

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def template(role, word, release="Release"):
    code = f"def lambda_handler(event, context):\n    return {word!r}\n"
    function = {
        "FunctionName": "orders",
        "Runtime": "python3.13",
        "Handler": "index.lambda_handler",
        "Role": role,
        "Code": {"ZipFile": code},
    }
    alias = {
        "FunctionName": {"Ref": "Orders"},
        "FunctionVersion": {"Fn::GetAtt": [release, "Version"]},
        "Name": "live",
    }
    resources = {
        "Orders": {"Type": "AWS::Lambda::Function", "Properties": function},
        release: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Orders"}}},
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": alias},
    }
    return json.dumps({"Resources": resources})


def observe(stage, version_renamed):
    stacks, functions = stage.client("cloudformation"), stage.client("lambda")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = stage.client("iam").create_role(RoleName="orders", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    stacks.create_stack(StackName="shop", TemplateBody=template(role, "old"))
    stage.clock.drain()
    release = "NextRelease" if version_renamed else "Release"
    stacks.update_stack(StackName="shop", TemplateBody=template(role, "new", release))
    stage.clock.drain()
    answers = {
        key: json.load(functions.invoke(FunctionName=name)["Payload"])
        for key, name in {"alias": "orders:live", "bare": "orders"}.items()
    }
    versions = functions.list_versions_by_function(FunctionName="orders")["Versions"]
    return {**answers, "versions": sum(one["Version"] != "$LATEST" for one in versions)}
