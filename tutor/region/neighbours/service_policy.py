"""What a service may do to another's queue or topic on a resource's behalf: only their own policies say so."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tutor.region.call import ACCOUNT, Caller
from tutor.region.neighbours.house import House, scene
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.policy import Document, Verdict, Wish, judge
from tutor.region.neighbours.wire import in_process_client

_log = logging.getLogger(__name__)


def queue_of(arn: str) -> Any:
    """moto's queue of this ARN, None if there is none. Only inside a scene."""
    _, _, _, aws_region, account, name = arn.split(":", 5)
    return moto("sqs.models").sqs_backends[account][aws_region].queues.get(name)


def topic_of(arn: str) -> Any:
    """moto's topic of this ARN, None if there is none. Only inside a scene."""
    _, _, _, aws_region, account, _ = arn.split(":", 5)
    return moto("sns.models").sns_backends[account][aws_region].topics.get(arn)


def may_send(queue_arn: str, principal: str, source_arn: str) -> bool:
    """Whether a service (its principal, ``sns.amazonaws.com``) may send to the queue for what has ``source_arn``."""
    queue = queue_of(queue_arn)
    return queue is not None and _allows(queue.policy, "sqs:SendMessage", queue_arn, principal, source_arn)


def may_publish(topic_arn: str, principal: str, source_arn: str) -> bool:
    """Whether a service may publish to the topic. The policy that a topic is made with is for its own account alone."""
    topic = topic_of(topic_arn)
    return topic is not None and _allows(topic.policy, "sns:Publish", topic_arn, principal, source_arn)


def dead_letter(house: House, queue_arn: str, body: str, facts: Mapping[str, str], caller: Caller) -> None:
    """Send what could not be delivered to a dead-letter queue, in a turn of its own; a refusal is only logged.

    ``facts`` become attributes of the message. ``caller`` is the service, for what sends.
    """
    from botocore.exceptions import ClientError

    _, _, _, aws_region, account, name = queue_arn.split(":", 5)
    client = in_process_client("sqs", aws_region, lambda request: house.send(request, caller))
    attributes = {key: {"DataType": "String", "StringValue": value} for key, value in facts.items()}
    url = f"https://sqs.{aws_region}.amazonaws.com/{account}/{name}"
    try:
        client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
    except ClientError as error:
        _log.warning("%s could not use the dead-letter queue %s: %s", caller.service, queue_arn, error)


def service(name: str, source_arn: str) -> Caller:
    """A service that acts for a resource."""
    return Caller(arn="", administrator=False, service=name, source_arn=source_arn, source_account=ACCOUNT)


def _allows(policy: Any, action: str, resource: str, principal: str, source_arn: str) -> bool:
    document = _document(policy)
    here = scene()
    now = datetime.fromtimestamp(here.now() if here else 0, UTC)
    keys = {
        "aws:sourcearn": source_arn,
        "aws:sourceaccount": ACCOUNT,
        "aws:securetransport": "true",
        "aws:principalservicename": principal,
        "aws:principalisawsservice": "true",
        "aws:currenttime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
    wish = Wish(action, resource, keys, (), ACCOUNT, principal)
    return judge((document,), wish, identity=False) is Verdict.ALLOWED


def _document(policy: Any) -> Document:
    """A policy as a mapping, however moto keeps it; one that cannot be read allows nothing."""
    try:
        parsed = json.loads(policy) if isinstance(policy, str | bytes) and policy else policy
    except ValueError:
        return {}
    return parsed if isinstance(parsed, Mapping) else {}
