"""A version, a changed variable, and two aliases of the version."""

import io
import json
import zipfile

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CODE = "import os\n\n\ndef handler(event, context):\n    return os.environ['STAGE']\n"


def zipped(code):
    """A package with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("lambda_function.py", code)
    return out.getvalue()


def observe(stage, first, second):
    """What three callers get."""
    iam, functions = stage.client("iam"), stage.client("lambda")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(
        FunctionName="orders",
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Environment={"Variables": {"STAGE": first}},
        Code={"ZipFile": zipped(CODE)},
    )
    stage.clock.drain()
    version = functions.publish_version(FunctionName="orders")["Version"]
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {"STAGE": second}})
    stage.clock.drain()
    for alias in (first, second):
        functions.create_alias(FunctionName="orders", Name=alias, FunctionVersion=version)

    def answer(**qualifier):
        return json.loads(functions.invoke(FunctionName="orders", **qualifier)["Payload"].read())

    return {
        "first_alias": answer(Qualifier=first),
        "second_alias": answer(Qualifier=second),
        "unqualified": answer(),
    }
