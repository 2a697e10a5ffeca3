"""Variables that change after a version was published, seen in the configuration and by two callers."""

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


def observe(stage):
    """Publish, update one variable of two, call the alias and `$LATEST`."""
    iam, functions = stage.client("iam"), stage.client("lambda")
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(
        FunctionName="orders",
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Timeout=30,
        Environment={"Variables": {"STAGE": "before", "TABLE": "orders"}},
        Code={"ZipFile": zipped(CODE)},
    )
    stage.clock.drain()
    version = functions.publish_version(FunctionName="orders")["Version"]
    functions.create_alias(FunctionName="orders", Name="prod", FunctionVersion=version)
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": {"STAGE": "after"}})
    stage.clock.drain()
    now = functions.get_function_configuration(FunctionName="orders")

    def answer(**qualifier):
        return json.loads(functions.invoke(FunctionName="orders", **qualifier)["Payload"].read())

    return {
        "kept_after_update": "TABLE" in now["Environment"]["Variables"],
        "sent_after_update": "STAGE" in now["Environment"]["Variables"],
        "timeout_after_update": now["Timeout"],
        "by_alias": answer(Qualifier="prod"),
        "by_latest": answer(),
    }
