"""moto's CloudWatch Logs: patterns as AWS reads them; a subscription that may not be served is refused."""

import logging
from functools import partial
from types import ModuleType
from typing import Any

from tutor.region.call import ACCOUNT
from tutor.region.neighbours.house import scene
from tutor.region.neighbours.log_pattern import LogPattern, is_pattern
from tutor.region.neighbours.moto_import import moto_refusals

_log = logging.getLogger(__name__)


def mend_logs(module: ModuleType) -> None:
    """Mend ``moto.logs.models``."""
    module.__dict__["EventMessageFilter"] = LogPattern
    stream = module.LogStream
    sent = stream._send_log_events

    def send(self: Any, service: str, destination_arn: str, filter_name: str, log_events: list[dict[str, Any]]) -> None:
        subscription = self.log_group.subscription_filters[filter_name]
        wanted = LogPattern(subscription.filter_pattern)
        matching = [
            {**event, "id": f"{int(event['id']):056d}"} for event in log_events if wanted.matches(event["message"])
        ]
        if not matching:
            return
        try:
            sent(self, service, destination_arn, filter_name, matching)
        except moto_refusals() as error:
            _log.warning("CloudWatch Logs could not deliver to %s: %s", destination_arn, error)

    stream._send_log_events = send
    _subscribing(module)
    _reading(module)


def _reading(module: ModuleType) -> None:
    """A pattern that is none is refused to who searches and who counts; a stream that is not there is named as such."""
    backend, group = module.LogsBackend, module.LogGroup
    filtered, counted, told = backend.filter_log_events, backend.put_metric_filter, group.get_log_events

    def search(self: Any, log_group_name: str, *rest: Any, **named: Any) -> Any:
        _check_pattern(module, named["filter_pattern"] if "filter_pattern" in named else rest[5])
        return filtered(self, log_group_name, *rest, **named)

    def count(self: Any, filter_name: str, filter_pattern: str, *rest: Any) -> Any:
        _check_pattern(module, filter_pattern)
        return counted(self, filter_name, filter_pattern, *rest)

    def tell(self: Any, log_stream_name: str, *rest: Any) -> Any:
        if log_stream_name not in self.streams:
            raise module.ResourceNotFoundException("The specified log stream does not exist.")
        return told(self, log_stream_name, *rest)

    backend.filter_log_events, backend.put_metric_filter, group.get_log_events = search, count, tell


def _check_pattern(module: ModuleType, pattern: str | None) -> None:
    if not is_pattern(pattern or ""):
        raise module.InvalidParameterException("Invalid filter pattern")


_COLONS = 5  # that every ARN has at least
_NO_DESTINATION = "destinationArn is not the ARN of a destination of CloudWatch Logs."


def _subscribing(module: ModuleType) -> None:
    """A function that does not let Logs invoke it for the group cannot be subscribed."""
    backend = module.LogsBackend
    subscribed = backend.put_subscription_filter

    def subscribe(
        self: Any, log_group_name: str, filter_name: str, filter_pattern: str, destination_arn: str, *rest: Any
    ) -> None:
        _check_pattern(module, filter_pattern)
        if not destination_arn.startswith("arn:") or destination_arn.count(":") < _COLONS:
            raise module.InvalidParameterException(_NO_DESTINATION)
        group, here = self.groups.get(log_group_name), scene()
        if group is not None and here is not None and ":lambda:" in destination_arn:
            source = f"arn:aws:logs:{self.region_name}:{ACCOUNT}:log-group:{log_group_name}:*"
            place = {"service": "logs.amazonaws.com", "source_arn": source, "aws_region": self.region_name}
            if here.hear(partial(here.house.adapter.permits, destination_arn, **place)) is False:
                raise module.InvalidParameterException(
                    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to "
                    "execute your function."
                )
        subscribed(self, log_group_name, filter_name, filter_pattern, destination_arn, *rest)

    backend.put_subscription_filter = subscribe
