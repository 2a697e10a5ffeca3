"""Event source mappings: create, read, update, delete, list."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tutor.awslambda import event_source_mapping as rules
from tutor.awslambda.event_source_mapping import Event
from tutor.awslambda.names import event_source_mapping_arn
from tutor.awslambda.tag import check_tags
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.invoking.role import role_caller
from tutor.region.mappings.access import refusal
from tutor.region.mappings.checkpoint import forget
from tutor.region.mappings.queue import Queue
from tutor.region.mappings.rights import check_destination_rights, check_rights
from tutor.region.mappings.source_mapping import KIND, SourceMapping
from tutor.region.mappings.sources import stream_of
from tutor.region.mappings.stream_poller import begin_reading
from tutor.region.operations.encrypted_filters import decrypted, hidden
from tutor.region.operations.kafka import check_kafka, consumer_group, kafka_duplicate
from tutor.region.operations.page import page
from tutor.region.operations.reference import named, place
from tutor.region.operations.refusal import invalid
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_KEPT = (
    "EventSourceArn",
    "KMSKeyArn",
    "MetricsConfig",
    "LoggingConfig",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
)
"""Members that are kept as they are given; the rules know the others."""


def create_event_source_mapping(region: "Region", call: Call) -> Mapping[str, Any]:
    """Check the settings and the source, keep the mapping, and let it come up."""
    source = rules.source_of(call.parameters)
    check_kafka(call.parameters, source)
    settings = _settings(region, call, source)  # refused before the function is looked for, as the service does
    target = _function(region, call)
    mapping = _new(region, call, target, source, settings)
    _check_unused(region, mapping, source)
    try:
        _check_source(region, mapping, target, source)
        region.state.put(KIND, mapping.key, mapping.document)
    except ServiceError:
        forget(region.state, mapping.key)
        raise
    region.mappings.created(mapping.key)
    return _answer(mapping.document)


def _function(region: "Region", call: Call) -> Target:
    name = named(call)
    try:
        return region.catalogue.target(call.aws_region, name.name, name.qualifier)
    except ServiceError:
        raise rules.function_missing() from None


def _new(
    region: "Region", call: Call, target: Target, source: rules.Source, settings: Mapping[str, Any]
) -> SourceMapping:
    identifier = str(uuid.uuid4())
    tags = check_tags({}, call.parameters.get("Tags") or {}, region.quotas)
    enabled = call.parameters.get("Enabled") is not False
    document: dict[str, Any] = {
        "UUID": identifier,
        "EventSourceMappingArn": event_source_mapping_arn(identifier, place(call)),
        "FunctionArn": target.arn,
        "LastModified": region.clock.now(),
        "State": rules.after(None, Event.CREATE if enabled else Event.CREATE_DISABLED),
        "StateTransitionReason": _reason(source),
        **({} if source in rules.QUEUES else {"LastProcessingResult": rules.NOTHING_PROCESSED}),
        **settings,
        **{name: call.parameters[name] for name in _KEPT if call.parameters.get(name) is not None},
        **consumer_group(call.parameters, source, identifier),
        "enabled": enabled,
        "tags": dict(tags),
        "place": 1 + max((other["place"] for _, other in region.state.items(KIND)), default=0),
    }
    return SourceMapping(f"{call.aws_region}/{identifier}", document)


def _settings(region: "Region", call: Call, source: rules.Source) -> dict[str, Any]:
    made = rules.settings(call.parameters, source, region.quotas)
    begins = made.get("StartingPositionTimestamp")
    if isinstance(begins, datetime):
        made["StartingPositionTimestamp"] = begins.timestamp()
    if source in rules.QUEUES or source in rules.STREAMS:
        return made
    shown = ("MaximumBatchingWindowInSeconds", "FunctionResponseTypes")  # of the others only what was given
    return {name: value for name, value in made.items() if name not in shown or call.parameters.get(name) is not None}


def _reason(source: rules.Source) -> str:
    return rules.transition_reason(source) if source in rules.STREAMS else "USER_INITIATED"


def _check_unused(region: "Region", mapping: SourceMapping, source: rules.Source) -> None:
    """Refuse a second mapping of the same source to the same function."""
    for _, other in region.state.items(KIND, f"{mapping.aws_region}/"):
        if other["FunctionArn"] != mapping.function_arn or other["State"] == "Deleting":
            continue
        if other["UUID"] == mapping.uuid:
            continue
        if mapping.source_arn and other.get("EventSourceArn") == mapping.source_arn:
            raise rules.duplicate(source, mapping.source_arn, mapping.function_name, other["UUID"])
        kafka_duplicate(mapping.document, other)


def _check_source(region: "Region", mapping: SourceMapping, target: Target, source: rules.Source) -> None:
    """Refuse a source that is not there or that the role may not read; fix where a stream's reading begins."""
    role = str(target.configuration["Role"])
    _check_readable(region, mapping, target, source)
    try:
        stream = stream_of(region, mapping, role, role_caller(role, target.name))
        if stream is not None:
            begin_reading(region.state, mapping, stream)
    except ClientError as error:
        raise invalid(refusal(error, mapping.source_arn)) from None


def _check_readable(region: "Region", mapping: SourceMapping, target: Target, source: rules.Source) -> None:
    """Refuse a source that the role may not read, a queue that is not there or gives too little time."""
    caller = role_caller(str(target.configuration["Role"]), target.name)
    check_rights(region, mapping, source, caller)
    if mapping.service != "sqs":
        return
    queue = Queue(region.neighbours, mapping.source_arn, caller)
    try:
        queue.check()
    except ClientError as error:
        raise invalid(refusal(error, mapping.source_arn)) from None
    rules.check_visibility(queue.visibility_timeout(), int(target.configuration["Timeout"]))


def _answer(document: Document) -> Mapping[str, Any]:
    """A mapping as the API answers it: a queue's has no processing result unless there is a problem."""
    answer = {member: value for member, value in document.items() if not member.islower()}
    problem = str(answer.get("LastProcessingResult")).startswith("PROBLEM")
    if ":sqs:" in answer.get("EventSourceArn", "") and not problem:
        answer.pop("LastProcessingResult", None)
    return answer


def get_event_source_mapping(region: "Region", call: Call) -> Mapping[str, Any]:
    """One mapping as it is now."""
    return decrypted(region, call, _answer(_found(region, call).document))


def update_event_source_mapping(region: "Region", call: Call) -> Mapping[str, Any]:
    """Change settings, switch it on or off, or give it another function."""
    _check_change(region, call, _changed(region, call, _found(region, call)))
    with region.state.transaction():
        mapping = _found(region, call)
        changed = _changed(region, call, mapping)
        region.state.put(KIND, mapping.key, changed.document)
    region.mappings.changed(mapping.key)
    return _answer(changed.document)


def _changed(region: "Region", call: Call, mapping: SourceMapping) -> SourceMapping:
    source = rules.source_of(mapping.document)
    given = call.parameters
    enabled = mapping.document["enabled"] if given.get("Enabled") is None else bool(given["Enabled"])
    event = Event.UPDATE if given.get("Enabled") is None else Event.ENABLE if enabled else Event.DISABLE
    state = rules.after(mapping.document["State"], event)
    made = rules.updated(mapping.document, given, mapping.source_arn, source, region.quotas)
    made |= {name: given[name] for name in _KEPT if given.get(name) is not None}
    if given.get("FunctionName"):
        made["FunctionArn"] = _function(region, call).arn
    moved = {"State": state, "LastModified": region.clock.now(), "StateTransitionReason": _reason(source)}
    return SourceMapping(mapping.key, {**made, **moved, "enabled": enabled})


def _check_change(region: "Region", call: Call, changed: SourceMapping) -> None:
    """Refuse another function or destination as a new mapping would be refused with it."""
    if call.parameters.get("FunctionName"):
        source = rules.source_of(changed.document)
        _check_unused(region, changed, source)
        _check_readable(region, changed, _function(region, call), source)
    elif call.parameters.get("DestinationConfig"):
        target = changed.target(region.catalogue)
        check_destination_rights(region, changed, role_caller(str(target.configuration["Role"]), target.name))


def delete_event_source_mapping(region: "Region", call: Call) -> Mapping[str, Any]:
    """Have it end; until what it is at is done it can still be read, in state Deleting."""
    with region.state.transaction():
        mapping = _found(region, call)
        gone = mapping.with_members({"State": rules.after(mapping.document["State"], Event.DELETE)})
        region.state.put(KIND, mapping.key, gone.document)
    region.mappings.removed(mapping.key)
    return decrypted(region, call, _answer(gone.document))


def list_event_source_mappings(region: "Region", call: Call) -> Mapping[str, Any]:
    """All mappings of an AWS region, or those of one source or function, in the order in which they were made."""
    found = [document for _, document in region.state.items(KIND, f"{call.aws_region}/")]
    source = call.parameters.get("EventSourceArn")
    if source:
        found = [document for document in found if document.get("EventSourceArn") == source]
    if call.parameters.get("FunctionName"):
        arn = _unlatest(named(call).arn)
        found = [document for document in found if _unlatest(str(document["FunctionArn"])) == arn]
    found.sort(key=lambda document: int(document["place"]))
    chosen, marker = page(call, found, lambda document: f"{document['place']:09}", region.quotas.page_size)
    return {"EventSourceMappings": [hidden(_answer(document)) for document in chosen], **marker}


def _unlatest(arn: str) -> str:
    return arn.removesuffix(":$LATEST")


def _found(region: "Region", call: Call) -> SourceMapping:
    key = f"{call.aws_region}/{call.parameters['UUID']}"
    document = region.state.get(KIND, key)
    if document is None:
        raise rules.mapping_missing()
    return SourceMapping(key, document)


OPERATIONS: Mapping[str, "Operation"] = {
    "CreateEventSourceMapping": create_event_source_mapping,
    "GetEventSourceMapping": get_event_source_mapping,
    "UpdateEventSourceMapping": update_event_source_mapping,
    "DeleteEventSourceMapping": delete_event_source_mapping,
    "ListEventSourceMappings": list_event_source_mappings,
}
