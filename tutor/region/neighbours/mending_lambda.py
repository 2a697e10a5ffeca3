"""In the place of moto's Lambda: the region's own, to which other services push events and of which they ask."""

import base64
import gzip
import json
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import House, drawer, scene
from tutor.region.neighbours.moto_clock import Thread
from tutor.region.neighbours.moto_import import moto


def push(
    function: str,
    event: Any,
    *,
    service: str,
    source_arn: str,
    aws_region: str,
    refused: Callable[[House], None] | None = None,
) -> None:
    """Have the region queue an asynchronous invocation when this turn is over.

    ``refused`` is called, outside of every turn, where the function is not there or its policy does not permit it.
    """
    here = scene()
    if here is None:
        return
    house = here.house
    told = {"service": service, "source_arn": source_arn, "aws_region": aws_region}
    queue = partial(house.adapter.push, function, event, **told, trace_header=here.trace_header)

    def deliver() -> None:
        if queue() is False and refused is not None:
            refused(house)

    here.push(deliver)


def exists(function: str, aws_region: str) -> bool:
    """Whether the region has this function."""
    here = scene()
    return here is not None and bool(here.hear(lambda: here.house.adapter.function_exists(function, aws_region)))


class Function:
    """A function of the region, as moto handles one."""

    def __init__(self, arn: str, aws_region: str) -> None:
        self.function_arn = arn
        self._aws_region = aws_region


class LambdaBackend:
    """What moto's services call of their Lambda, in one AWS region."""

    def __init__(self, account: str, aws_region: str) -> None:
        self.account_id = account
        self.region_name = aws_region

    def get_function(self, name: str, *_: Any, **__: Any) -> Function:
        """The function. Raises moto's error of AWS's form if there is none."""
        if not exists(name, self.region_name):
            raise moto("awslambda.exceptions").UnknownFunctionException(name)
        return Function(name, self.region_name)

    def invoke(self, function_name: str, *, body: str, **_: Any) -> None:
        """A rotation of Secrets Manager: one step after the other, each waits for the one before."""
        here = scene()
        if here is not None and not here.house.replaying:
            steps = drawer("rotations")
            event = json.loads(body)
            event["SecretId"] = self._arn_of(str(event["SecretId"]))
            thread = Thread(target=_step, args=(here.house, function_name, event, steps.get("last"), self.region_name))
            steps["last"] = thread
            here.push(thread.start)

    def _arn_of(self, secret: str) -> str:
        kept = moto("secretsmanager.models").secretsmanager_backends[self.account_id][self.region_name].secrets
        return str(kept[secret].arn) if secret in kept else secret

    def send_log_event(self, function_arn: str, filter_name: str, group: str, stream: str, events: Any) -> None:
        """Log events that a subscription wants, packed as CloudWatch Logs packs them."""
        data = {
            "messageType": "DATA_MESSAGE",
            "owner": self.account_id,
            "logGroup": group,
            "logStream": stream,
            "subscriptionFilters": [filter_name],
            "logEvents": events,
        }
        packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode(), mtime=0)
        source = f"arn:aws:logs:{self.region_name}:{self.account_id}:log-group:{group}:*"
        event = {"awslogs": {"data": base64.b64encode(packed).decode()}}
        push(function_arn, event, service="logs.amazonaws.com", source_arn=source, aws_region=self.region_name)


def _step(house: House, function: str, event: Any, before: Any, aws_region: str) -> None:
    if before is not None and before.ident is not None:
        before.join()
    service, source = "secretsmanager.amazonaws.com", str(event["SecretId"])
    house.adapter.invoke(function, event, service=service, source_arn=source, aws_region=aws_region)


def mend_lambda(module: ModuleType) -> None:
    """Mend ``moto.awslambda.utils``."""
    module.__dict__["get_backend"] = LambdaBackend
