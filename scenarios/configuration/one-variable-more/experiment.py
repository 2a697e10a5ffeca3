"""An update of a function's configuration that sends one variable."""

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


def observe(stage, stage_name, timeout):
    """What the configuration is after the update."""
    iam, functions = stage.client("iam"), stage.client("lambda")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(
        FunctionName="orders",
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Timeout=timeout,
        Environment={"Variables": {"TABLE": "orders", "QUEUE": "mail"}},
        Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
    )
    stage.clock.drain()
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {"STAGE": stage_name}})
    stage.clock.drain()
    now = functions.get_function_configuration(FunctionName="orders")
    variables = now["Environment"]["Variables"]
    return {"table": "TABLE" in variables, "stage": "STAGE" in variables, "timeout": now["Timeout"]}
