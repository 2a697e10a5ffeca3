"""What GetFunctionConfiguration tells of a function's variables."""

import io
import json
import zipfile

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def zipped(code):
    """A package with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("lambda_function.py", code)
    return out.getvalue()


def observe(stage, variable):
    """Set it, read it."""
    iam, functions = stage.client("iam"), stage.client("lambda")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(
        FunctionName="orders",
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Environment={"Variables": {variable: "opensesame"}},
        Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
    )
    stage.clock.drain()
    variables = functions.get_function_configuration(FunctionName="orders").get("Environment", {}).get("Variables", {})
    return {
        "has_name": variable in variables,
        "has_value": bool(variables.get(variable)),
        "value_is_plain": variables.get(variable) == "opensesame",
    }
