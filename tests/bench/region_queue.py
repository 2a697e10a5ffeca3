"""The asynchronous queue on the fast clock: ten thousand events, some of which fail and are retried, until all ended.

The baseline is the same number of attempts made by one caller after another, each waiting for its answer.
"""

import io
import json
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.functions import function, quotas, told
from tests.bench.table import Row
from tutor import locations
from tutor.content.runtimes import read_runtimes
from tutor.region.clock import Clock
from tutor.region.region import Region
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter

_EVENTS = 10_000
_FAILING_EVERY = 10
_DIRECT = 2_000
_AIM = 500  # events a second
_HANDLER = """
def handler(event, context):
    if event["fails"]:
        raise ValueError("as asked")
    return event["n"]
"""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
_RIGHTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def rows(rounds: int) -> Iterator[Row]:
    """Events drained in a second of real time; one run, whatever ``rounds`` says, since it is long enough."""
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        region = _region(Path(folder))
        try:
            queue = _create(region)
            taken, drained = _fill(region), _drain(region)
            dead = _count(region, queue)
        finally:
            region.close()
    if dead != _EVENTS // _FAILING_EVERY:
        raise AssertionError(f"{dead} dead letters")
    direct = _direct()
    yield Row("events taken into the queue", "/s", [_EVENTS / taken])
    name = f"events drained, 1 of {_FAILING_EVERY} tried three times and dead-lettered"
    yield Row(name, "/s", [_EVENTS / drained], "one sandbox function, one after another", [direct], _AIM, "p50", True)


def _region(folder: Path) -> Region:
    return Region(
        folder / "bench",
        clock=Clock("fast"),
        quotas=quotas(),
        runtimes=read_runtimes(locations.content_root()),
        sandbox=SandboxedFunctions(quotas()),
    )


def _create(region: Region) -> str:
    """The function with its dead-letter queue, whose URL is returned."""
    iam, sqs = region.client("iam"), region.client("sqs")
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="bench", PolicyName="all", PolicyDocument=json.dumps(_RIGHTS))
    url: str = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    region.client("lambda").create_function(
        FunctionName="bench",
        Runtime=host_interpreter().runtime,
        Handler="app.handler",
        Role=role,
        MemorySize=1769,
        Timeout=30,
        Code={"ZipFile": _zipped()},
        DeadLetterConfig={"TargetArn": arn},
    )
    region.clock.drain()
    return url


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("app.py", _HANDLER)
    return out.getvalue()


def _fill(region: Region) -> float:
    """Put the events into the queue while the clock is paused; seconds that it took."""
    functions: Any = region.client("lambda")
    region.clock.pause()
    began = time.perf_counter()
    for number in range(_EVENTS):
        event = json.dumps({"n": number, "fails": number % _FAILING_EVERY == 0})
        functions.invoke(FunctionName="bench", InvocationType="Event", Payload=event)
        if not number % 500:
            told(f"queue: {number} events taken")
    return time.perf_counter() - began


def _drain(region: Region) -> float:
    began = time.perf_counter()
    region.clock.run()
    while not region.clock.drain(1.0):
        told(f"queue: {len(region.invoking.waiting())} events left")
    return time.perf_counter() - began


def _count(region: Region, url: str) -> int:
    attributes = region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def _direct() -> float:
    """Attempts a second of one caller, without a region."""
    made = function(_HANDLER)
    began = time.perf_counter()
    for number in range(_DIRECT):
        made.invoke({"n": number, "fails": number % _FAILING_EVERY == 0})
    taken = time.perf_counter() - began
    made.close()
    return _DIRECT / taken
