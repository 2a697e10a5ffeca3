"""moto's SNS: functions get AWS's record, nothing is signed for real, no delivery fails the publisher."""

import base64
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from tutor.region.neighbours.house import House, scene
from tutor.region.neighbours.mending_lambda import push
from tutor.region.neighbours.moto_clock import chance
from tutor.region.neighbours.moto_import import moto_refusals
from tutor.region.neighbours.service_policy import dead_letter, may_send, service
from tutor.region.neighbours.sns_filter import SCOPES, SnsFilter, without_networks, wrong_with

_SERVICE = "sns.amazonaws.com"
_log = logging.getLogger(__name__)
_LOCAL = ("127.0.0.1", "localhost", "::1")


def mend_sns(module: ModuleType) -> None:
    """Mend ``moto.sns.models``."""
    subscription = module.Subscription
    published = subscription.publish

    def publish(self: Any, message: str, message_id: str, **named: Any) -> None:
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(named.get("message_attributes"), message):
            return
        try:
            if self.protocol == "lambda":
                _to_function(self, message, message_id, named)
            elif self.protocol == "sqs" and not may_send(self.endpoint, _SERVICE, self.topic.arn):
                _undelivered(self, message, message_id, named)
            elif self.protocol not in ("http", "https") or urlsplit(self.endpoint).hostname in _LOCAL:
                with _as_said(self):
                    published(self, message, message_id, **named)
        except moto_refusals() as error:
            _log.warning("SNS could not deliver to %s: %s", self.endpoint, error)

    subscription.publish = publish
    subscription.get_post_data = _envelope(module)
    module.__dict__["FilterPolicyMatcher"] = SnsFilter
    _refusing(module)
    _filtering(module)


_FUNCTION = re.compile(r"arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")


_PROTOCOLS = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")


def _refusing(module: ModuleType) -> None:
    """What SNS refuses: an endpoint that is no function's, a message of nothing, a message that is not as it says."""
    backend, invalid = module.SNSBackend, module.SNSInvalidParameter
    subscribed, published = backend.subscribe, backend.publish

    def subscribe(self: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        if protocol not in _PROTOCOLS:
            raise invalid(f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}")
        if protocol == "lambda" and not _FUNCTION.fullmatch(endpoint or ""):
            raise invalid("Invalid parameter: Lambda endpoint ARN")
        return subscribed(self, topic_arn, endpoint, protocol)

    def publish(self: Any, message: str, arn: str | None, *args: Any, **named: Any) -> Any:
        if not message:
            raise invalid("Invalid parameter: Empty message")
        if len(message.encode()) > module.MAXIMUM_MESSAGE_LENGTH:
            raise invalid("Invalid parameter: Message too long")
        if arn and ":endpoint/" not in arn and arn not in self.topics:
            raise module.TopicNotFound
        if named.get("message_structure") == "json":
            _check_structure(message, invalid)
        return published(self, message, arn, *args, **named)

    backend.subscribe, backend.publish = subscribe, publish


def _check_structure(message: str, invalid: type[Exception]) -> None:
    """A message for each protocol is an object of JSON, with one for every other protocol."""
    try:
        structure = json.loads(message)
    except (ValueError, RecursionError):
        structure = None
    if not isinstance(structure, dict):
        raise invalid("Invalid parameter: Message Structure - JSON message body failed to parse")
    if "default" not in structure:
        raise invalid("Invalid parameter: Message Structure - No default entry in JSON message body")


def _filtering(module: ModuleType) -> None:
    """What SNS refuses of a subscription's attributes: policies that are no JSON, no filters, of no scope."""
    backend, invalid = module.SNSBackend, module.SNSInvalidParameter
    changed, validated = backend.set_subscription_attributes, backend._validate_filter_policy

    def refuse(text: str) -> None:
        here = scene()
        reason = "Attributes Reason: " if here is not None and here.operation == "Subscribe" else ""
        raise invalid(f"Invalid parameter: {reason}{text}")

    def change(self: Any, arn: str, name: str, value: Any) -> Any:
        if name == "FilterPolicyScope" and value not in SCOPES:
            refuse(f"{name}: Invalid value [{value}]. Please use either {SCOPES[1]} or {SCOPES[0]}")
        if name in ("FilterPolicy", "RedrivePolicy") and value:
            try:
                json.loads(value)
            except (ValueError, RecursionError):
                refuse(f"{name}: failed to parse JSON.")
        return changed(self, arn, name, value)

    def validate(self: Any, value: Any, scope: str | None) -> None:
        try:
            if isinstance(value, dict):
                validated(self, without_networks(value), scope)
        except invalid as error:
            text = str(error.message).removeprefix("Invalid parameter: ").removeprefix("Attributes Reason: ")
            refuse(text)
        wrong = wrong_with(value)
        if wrong is not None:
            refuse(f"FilterPolicy: {wrong}")

    backend.set_subscription_attributes, backend._validate_filter_policy = change, validate


@contextmanager
def _as_said(self: Any) -> Iterator[None]:
    """Within, raw delivery that is set to ``false`` is not set; moto takes the word for true."""
    raw = self.attributes.get("RawMessageDelivery")
    if str(raw).lower() != "true":
        self.attributes.pop("RawMessageDelivery", None)
    try:
        yield
    finally:
        if raw is not None:
            self.attributes["RawMessageDelivery"] = raw


def _to_function(self: Any, message: str, message_id: str, named: dict[str, Any]) -> None:
    if named.get("message_structure") == "json":
        message = self._parse_message_structure(message, "lambda")
    told = self.get_post_data(message, message_id, named.get("subject"), named.get("message_attributes"))
    attributes = told.get("MessageAttributes", {})
    sns = {
        **told,
        "Subject": named.get("subject"),
        "SigningCertUrl": told["SigningCertURL"],
        "UnsubscribeUrl": told["UnsubscribeURL"],
        "MessageAttributes": attributes,
    }
    del sns["SigningCertURL"], sns["UnsubscribeURL"]
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": self.arn, "Sns": sns}
    region = self.endpoint.split(":")[3]
    topic = self.topic.arn
    text = json.dumps(told)
    push(
        self.endpoint,
        {"Records": [record]},
        service=_SERVICE,
        source_arn=topic,
        aws_region=region,
        refused=lambda house: _to_dead_letters(self, text, house),
    )


def _undelivered(self: Any, message: str, message_id: str, named: dict[str, Any]) -> None:
    """A queue whose policy does not let the topic send: the message goes to the subscription's dead-letter queue."""
    _log.warning("SNS may not send to %s: its policy does not say so", self.endpoint)
    here = scene()
    told = self.get_post_data(message, message_id, named.get("subject"), named.get("message_attributes"))
    text = message if self.attributes.get("RawMessageDelivery") == "true" else json.dumps(told)
    if here is not None:
        here.push(partial(_to_dead_letters, self, text, here.house))


def _to_dead_letters(self: Any, text: str, house: House) -> None:
    policy = self.attributes.get("RedrivePolicy")
    queue = json.loads(policy).get("deadLetterTargetArn") if policy else None
    if queue:
        facts = {"ErrorCode": "AccessDenied", "ErrorMessage": f"SNS could not deliver to {self.endpoint}."}
        dead_letter(house, queue, text, facts, service(_SERVICE, self.topic.arn))


def _envelope(module: ModuleType) -> Any:
    """The JSON that SNS wraps around a message (SNS developer guide, "Parsing message formats")."""

    def made(
        self: Any, message: str, message_id: str, subject: str | None, message_attributes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        host = f"https://sns.{self.topic.sns_backend.region_name}.amazonaws.com"
        signature = base64.b64encode(chance().randbytes(256)).decode()
        told = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": self.topic.arn,
            "Message": message,
            "Timestamp": module.iso_8601_datetime_with_milliseconds(),
            "SignatureVersion": "1",
            "Signature": signature,
            "SigningCertURL": f"{host}/SimpleNotificationService-{chance().getrandbits(128):032x}.pem",
            "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={self.arn}",
        }
        if subject:
            told["Subject"] = subject
        if message_attributes:
            told["MessageAttributes"] = {name: _attribute(value) for name, value in message_attributes.items()}
        return told

    return made


def _attribute(given: dict[str, Any]) -> dict[str, str]:
    value = given.get("Value")
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
    return {"Type": str(given.get("Type", "String")), "Value": text}
