"""What SQS refuses and moto takes: attributes out of their range or of no queue, policies of redriving, names.

Source: SQS API reference, CreateQueue, SetQueueAttributes, ReceiveMessage.
"""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_SWITCHES = ("ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled")
_OTHERS = (
    "DeduplicationScope",
    "FifoThroughputLimit",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "RedrivePolicy",
)
_RECEIVING = {
    "MaxNumberOfMessages": (1, 10, "Must be between 1 and 10, if provided."),
    "WaitTimeSeconds": (0, 20, "Must be >= 0 and <= 20, if provided."),
}
_REDRIVING = ("deadLetterTargetArn", "maxReceiveCount")
_RECEIVES = range(1, 1_001)
_NAMES = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
Attributes = Mapping[str, Any]


def mend_sqs_refusals(module: ModuleType) -> None:
    """Mend ``moto.sqs.models``."""
    backend = module.SQSBackend
    created, changed = backend.create_queue, backend.set_queue_attributes

    def create_queue(self: Any, name: str, tags: Any = None, **attributes: Any) -> Any:
        _check(module, self, attributes)
        if name.endswith(".fifo") and str(attributes.get("FifoQueue", "")).lower() != "true":
            raise module.InvalidParameterValue(_NAMES)
        try:
            return created(self, name, tags, **attributes)
        except module.QueueAlreadyExists:
            other = next((key for key in attributes if _differs(self.queues[name], key, attributes[key])), "Tags")
            told = f"A queue already exists with the same name and a different value for attribute {other}"
            raise module.QueueAlreadyExists(told) from None

    def set_queue_attributes(self: Any, queue_name: str, attributes: Attributes) -> Any:
        self.get_queue(queue_name)
        _check(module, self, attributes)
        return changed(self, queue_name, attributes)

    backend.create_queue, backend.set_queue_attributes = create_queue, set_queue_attributes


def mend_receiving(module: ModuleType) -> None:
    """Mend ``moto.sqs.responses``: what is asked of a receive is refused in SQS's own words."""
    handler = module.SQSResponse
    received: Callable[[Any], Any] = handler.receive_message

    def receive_message(self: Any) -> Any:
        for name, (least, most, reason) in _RECEIVING.items():
            given = self._get_param(name)
            if given is not None and not least <= int(given) <= most:
                told = f"Value {given} for parameter {name} is invalid. Reason: {reason}"
                raise module.SQSException("InvalidParameterValue", told)
        return received(self)

    handler.receive_message = receive_message


def _differs(queue: Any, name: str, value: Any) -> bool:
    return str(queue.attributes.get(name)).lower() != str(value).lower()


def _check(module: ModuleType, backend: Any, attributes: Attributes) -> None:
    for name, value in attributes.items():
        if name not in _RANGES and name not in _SWITCHES and name not in _OTHERS:
            raise module.InvalidAttributeName(name)
        if not _fits(name, str(value)):
            told = f"Invalid value for the parameter {name}."
            raise module.SQSException("InvalidAttributeValue", told)
    if attributes.get("RedrivePolicy"):
        _check_redriving(module, backend, str(attributes["RedrivePolicy"]))


def _fits(name: str, value: str) -> bool:
    if name in _SWITCHES:
        return value.lower() in ("true", "false")
    if name not in _RANGES:
        return True
    least, most = _RANGES[name]
    return value.isascii() and value.isdigit() and least <= int(value) <= most


def _check_redriving(module: ModuleType, backend: Any, text: str) -> None:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        told = "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map."
        raise module.SQSException("InvalidAttributeValue", told)
    reason = _wrong_with(policy, {queue.queue_arn for queue in backend.queues.values()}) if policy else None
    if reason is not None:
        told = f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}"
        raise module.SQSException("InvalidParameterValue", told)


def _wrong_with(policy: Attributes, queues: set[str]) -> str | None:
    missing = next((name for name in _REDRIVING if name not in policy), None)
    if missing is not None:
        return f"Redrive policy does not contain mandatory attribute: {missing}."
    count = str(policy["maxReceiveCount"])
    if not (count.isascii() and count.isdigit() and int(count) in _RECEIVES):
        bounds = f"valid values are from {_RECEIVES[0]} to {_RECEIVES[-1]} both inclusive"
        return f"Invalid value for maxReceiveCount: {count}, {bounds}."
    return None if policy["deadLetterTargetArn"] in queues else "Dead letter target does not exist."
