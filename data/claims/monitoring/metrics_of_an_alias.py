"""Calls an alias and the bare name, and reads the metrics of each."""

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
    return {"version": context.function_version}
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
    """The sum of a metric of the function over the region's first day; None where it has no data point."""
    wanted = {"FunctionName": "orders", **dimensions}
    points = stage.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in wanted.items()],
        StartTime=1767225600,
        EndTime=1767225600 + 86400,
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return int(sum(point["Sum"] for point in points)) if points else None


def observe(stage):
    functions = stage.client("lambda")
    create(stage, CODE, role(stage))
    functions.publish_version(FunctionName="orders")
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    for name in ("orders", "orders:live", "orders:live"):
        functions.invoke(FunctionName=name)
    stage.clock.drain()
    listed = stage.client("cloudwatch").list_metrics(Namespace="AWS/Lambda", MetricName="Invocations")["Metrics"]
    found = [{one["Name"]: one["Value"] for one in metric["Dimensions"]} for metric in listed]
    return {
        "of_the_function": total(stage, "Invocations"),
        "of_the_alias": total(stage, "Invocations", Resource="orders:live"),
        "of_the_bare_name": total(stage, "Invocations", Resource="orders"),
        "of_the_aliased_version": total(stage, "Invocations", Resource="orders:live", ExecutedVersion="1"),
        "dimensions": "; ".join(sorted(" ".join(f"{k}={v}" for k, v in sorted(one.items())) for one in found)),
    }
