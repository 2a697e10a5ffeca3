"""Errors of two versions of an alias and of the bare name, read with four sets of dimensions."""

import io
import json
import zipfile

CODE = """
import time


def lambda_handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
    if event.get("hang"):
        time.sleep(30)
    return {}
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


def total(stage, metric, **dimensions):
    """The sum of a metric over the region's first day; zero where it has no data point."""
    wanted = dimensions or {"FunctionName": "orders"}
    points = stage.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in wanted.items()],
        StartTime=1767225600,
        EndTime=1767225600 + 86400,
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return int(sum(point["Sum"] for point in points))


def observe(stage, failing):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    functions.update_function_code(FunctionName="orders", ZipFile=zipped(CODE + "# new"), Publish=True)
    stage.clock.drain()
    alias = {"FunctionName": "orders", "Name": "live"}
    functions.create_alias(**alias, FunctionVersion="1")

    def fail(name, times):
        for _ in range(times):
            functions.invoke(FunctionName=name, Payload=json.dumps({"fail": True}))

    for weight, times in ((0.0, 1), (1.0, failing)):  # all or nothing, so that chance plays no part
        functions.update_alias(**alias, RoutingConfig={"AdditionalVersionWeights": {"2": weight}})
        fail("orders:live", times)
    fail("orders", 2)
    stage.clock.drain()
    live = {"FunctionName": "orders", "Resource": "orders:live"}
    return {
        "by_name": total(stage, "Errors", FunctionName="orders:2"),
        "by_resource": total(stage, "Errors", **live),
        "by_executed": total(stage, "Errors", **live, ExecutedVersion="2"),
        "by_function": total(stage, "Errors", FunctionName="orders"),
    }
