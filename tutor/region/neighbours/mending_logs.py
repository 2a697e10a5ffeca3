"""moto's CloudWatch Logs: a subscription gets what its pattern lets through; its failure is not the writer's."""

import logging
from types import ModuleType
from typing import Any

from tutor.region.neighbours.moto_import import moto_refusals

_log = logging.getLogger(__name__)


def mend_logs(module: ModuleType) -> None:
    """Mend ``moto.logs.models``."""
    stream = module.LogStream
    sent = stream._send_log_events

    def send(self: Any, service: str, destination_arn: str, filter_name: str, log_events: list[dict[str, Any]]) -> None:
        subscription = self.log_group.subscription_filters[filter_name]
        wanted = module.EventMessageFilter(subscription.filter_pattern or "")
        matching = [event for event in log_events if wanted.matches(event["message"])]
        if not matching:
            return
        try:
            sent(self, service, destination_arn, filter_name, matching)
        except moto_refusals() as error:
            _log.warning("CloudWatch Logs could not deliver to %s: %s", destination_arn, error)

    stream._send_log_events = send
