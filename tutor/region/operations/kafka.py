"""What is particular to event source mappings of Apache Kafka: brokers of one's own, topics, the consumer group."""

from collections.abc import Mapping
from typing import Any

from tutor.awslambda.event_source_mapping import Source
from tutor.region.operations.refusal import conflict, invalid

_OWN = "SelfManagedEventSource"


def check_kafka(request: Mapping[str, Any], source: Source) -> None:
    """Refuse brokers of one's own without a way to sign in to them."""
    if source == "kafka" and request.get(_OWN) and not request.get("SourceAccessConfigurations"):
        raise invalid("Required 'sourceAccessConfigurations' parameter is missing.")


def consumer_group(request: Mapping[str, Any], source: Source, uuid: str) -> dict[str, Any]:
    """The Kafka settings with their consumer group: the mapping's own identifier where none was given."""
    if source != "kafka":
        return {}
    name = "SelfManagedKafkaEventSourceConfig" if request.get(_OWN) else "AmazonManagedKafkaEventSourceConfig"
    return {name: {"ConsumerGroupId": uuid, **(request.get(name) or {})}}


def kafka_duplicate(made: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Refuse the same topic of the same brokers for the same function."""
    if not made.get(_OWN) or _brokers(made) != _brokers(other) or made.get("Topics") != other.get("Topics"):
        return
    topics = ",".join(made.get("Topics") or ())
    raise conflict(
        f'An event source mapping with event source ("{_brokers(made)}"), function ("{made["FunctionArn"]}"), '
        f'topics ("{topics}") already exists. Please update or delete the existing mapping with UUID {other["UUID"]}'
    )


def _brokers(document: Mapping[str, Any]) -> str:
    endpoints = (document.get(_OWN) or {}).get("Endpoints") or {}
    return ",".join(name for names in endpoints.values() for name in names)
