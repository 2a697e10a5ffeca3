"""Four calls at the same moment at a function with a reservation of one; then its metrics are read."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}

CODE = """
import time


def lambda_handler(event, context):
    time.sleep(1.5)
"""


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


def create(stage, role_arn, name="orders", **settings):
    arn = stage.client("lambda").create_function(
        FunctionName=name,
        Role=role_arn,
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": zipped(CODE)},
        **settings,
    )["FunctionArn"]
    stage.clock.drain()
    return arn


def observe(stage):
    functions = stage.client("lambda")
    create(stage, role(stage), Timeout=10)
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    began = stage.clock.now()
    statuses = together(functions, 4)
    stage.clock.drain()
    cloudwatch = stage.client("cloudwatch")
    seen = {}
    for metric in ("Invocations", "Errors", "Throttles"):
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": "orders"}],
            StartTime=began - 3600,
            EndTime=began + 3600,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        seen[metric.lower()] = int(sum(point["Sum"] for point in points))
    return {**seen, "refused": statuses.count(429)}


def together(functions, count):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: status(functions), range(count)))


def status(functions):
    try:
        return functions.invoke(FunctionName="orders")["StatusCode"]
    except functions.exceptions.TooManyRequestsException as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
