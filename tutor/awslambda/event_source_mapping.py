"""Event source mappings: their states as a table, and their settings with defaults and refusals for each source.

Source: API reference, CreateEventSourceMapping; developer guide, invocation-eventsourcemapping; texts as recorded.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from tutor.awslambda.filter_pattern import check_filters
from tutor.awslambda.quotas import Quotas
from tutor.errors import Defect, ServiceError

State = Literal["Creating", "Enabling", "Enabled", "Disabling", "Disabled", "Updating", "Deleting"]
Source = Literal["sqs", "fifo", "kinesis", "dynamodb", "kafka", "mq", "docdb"]

STREAMS: frozenset[Source] = frozenset({"kinesis", "dynamodb"})
QUEUES: frozenset[Source] = frozenset({"sqs", "fifo"})

REPORT_BATCH_ITEM_FAILURES = "ReportBatchItemFailures"

NOTHING_PROCESSED, PROCESSED, FUNCTION_FAILED = "No records processed", "OK", "PROBLEM: Function call failed"
"""LastProcessingResult of a stream's mapping: at first, after a success, after a failure."""


class Event(Enum):
    """What can happen to a mapping. The first four are calls of the API; ``DONE`` ends what is under way."""

    CREATE = "create"
    CREATE_DISABLED = "create disabled"
    ENABLE = "enable"
    DISABLE = "disable"
    UPDATE = "update"
    DELETE = "delete"
    DONE = "done"


TRANSITIONS: dict[tuple[State | None, Event], State | None] = {
    (None, Event.CREATE): "Creating",
    (None, Event.CREATE_DISABLED): "Disabled",
    ("Creating", Event.DONE): "Enabled",
    ("Enabled", Event.ENABLE): "Updating",
    ("Enabled", Event.UPDATE): "Updating",
    ("Enabled", Event.DISABLE): "Disabling",
    ("Enabled", Event.DELETE): "Deleting",
    ("Updating", Event.DONE): "Enabled",
    ("Disabling", Event.DONE): "Disabled",
    ("Disabled", Event.DISABLE): "Disabled",
    ("Disabled", Event.UPDATE): "Disabled",
    ("Disabled", Event.ENABLE): "Enabling",
    ("Disabled", Event.DELETE): "Deleting",
    ("Enabling", Event.DONE): "Enabled",
    ("Deleting", Event.DONE): None,
}
"""State and event to the next state; None is a mapping that does not exist."""


def after(state: State | None, event: Event) -> State | None:
    """The state that ``event`` leads to.

    Raises ``ServiceError`` for a call that comes while the last one is under way, ``Defect`` for what cannot be.
    """
    if (state, event) in TRANSITIONS:
        return TRANSITIONS[state, event]
    if state is not None and event in (Event.ENABLE, Event.DISABLE, Event.UPDATE, Event.DELETE):
        call = "delete" if event is Event.DELETE else "update"
        text = f"Cannot {call} the event source mapping because it is in use."
        raise ServiceError("ResourceInUseException", text)
    raise Defect(f"an event source mapping that is {state} cannot have {event.value}")


def transition_reason(source: Source) -> str:
    """StateTransitionReason of what a person did; the service words it differently for queues and streams."""
    return "USER_INITIATED" if source in QUEUES else "User action"


@dataclass(frozen=True)
class _Rules:
    """What a source knows: members with their defaults (None: may be set, has none), and its longest batch."""

    defaults: Mapping[str, Any]
    batch_max: int


_STREAM_MEMBERS = {
    "ParallelizationFactor": 1,
    "BisectBatchOnFunctionError": False,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "StartingPosition": None,
    "StartingPositionTimestamp": None,
    "DestinationConfig": None,
    "FunctionResponseTypes": None,
    "FilterCriteria": None,
}

_SETTINGS = frozenset({*_STREAM_MEMBERS, "ScalingConfig", "ProvisionedPollerConfig"})
"""Members that only some sources know; BatchSize and the batching window are known to all but one."""


def _rules(source: Source, quotas: Quotas) -> _Rules:
    queue = {"FunctionResponseTypes": None, "FilterCriteria": None, "ScalingConfig": None}
    queue |= {"ProvisionedPollerConfig": None}
    kafka = {name: _STREAM_MEMBERS[name] for name in _STREAM_MEMBERS if name not in _STREAM_ONLY}
    polled = {"StartingPosition": None, "StartingPositionTimestamp": None}
    table: dict[Source, _Rules] = {
        "sqs": _Rules(queue, quotas.sqs_batch_max),
        "fifo": _Rules(queue, quotas.sqs_fifo_batch_max),
        "kinesis": _Rules(_STREAM_MEMBERS, quotas.stream_batch_max),
        "dynamodb": _Rules(_STREAM_MEMBERS, quotas.stream_batch_max),
        "kafka": _Rules({**kafka, "ProvisionedPollerConfig": None}, quotas.stream_batch_max),
        "mq": _Rules({"FilterCriteria": None}, quotas.stream_batch_max),
        "docdb": _Rules(polled, quotas.stream_batch_max),
    }
    return table[source]


_KAFKA: frozenset[Source] = frozenset({"kafka"})
_ONLY_OF: Mapping[str, frozenset[Source]] = {
    "Topics": _KAFKA,
    "Queues": frozenset({"mq"}),
    "SourceAccessConfigurations": frozenset({"kafka", "mq", "docdb"}),
    "SelfManagedEventSource": _KAFKA,
    "AmazonManagedKafkaEventSourceConfig": _KAFKA,
    "SelfManagedKafkaEventSourceConfig": _KAFKA,
    "DocumentDBEventSourceConfig": frozenset({"docdb"}),
    "LoggingConfig": _KAFKA,
    "MetricsConfig": frozenset({"sqs", "fifo", "kinesis", "dynamodb", "kafka"}),
}
"""Members that are kept as they are given, and the sources that know them."""

_STREAM_ONLY = ("ParallelizationFactor", "TumblingWindowInSeconds")


def source_of(request: Mapping[str, Any]) -> Source:
    """The kind of source that a request names. Raises ``ServiceError``: none, or one that is no event source."""
    arn = request.get("EventSourceArn") or ""
    if not arn and request.get("SelfManagedEventSource"):
        return "kafka"
    services: dict[str, Source] = {
        "sqs": "fifo" if arn.endswith(".fifo") else "sqs",
        "kinesis": "kinesis",
        "dynamodb": "dynamodb",
        "kafka": "kafka",
        "mq": "mq",
        "rds": "docdb",
    }
    service = arn.split(":")[2] if arn.count(":") > 4 else ""
    if service not in services:
        raise _refuse("Unrecognized event source.")
    return services[service]


def check_members(request: Mapping[str, Any], source: Source) -> None:
    """Refuse a member that the source does not know, rather than keep it without any effect."""
    for member, sources in _ONLY_OF.items():
        if request.get(member) and source not in sources:
            raise _unsupported(member)
    groups = (request.get("MetricsConfig") or {}).get("Metrics") or ()
    if "KafkaMetrics" in groups and source != "kafka":
        raise _unsupported("MetricsConfig")


def settings(request: Mapping[str, Any], source: Source, quotas: Quotas) -> dict[str, Any]:
    """The settings of a new mapping as its answers show them: what was given, and the source's defaults.

    Raises ``ServiceError`` as ``check_settings`` does.
    """
    check_members(request, source)
    rules = _rules(source, quotas)
    default = quotas.sqs_batch_default if source in QUEUES else quotas.stream_batch_default
    common = {"BatchSize": default, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
    made = {**common, **{name: value for name, value in rules.defaults.items() if value is not None}}
    made |= {name: request[name] for name in (*common, *_SETTINGS) if request.get(name) is not None}
    check_settings(made, request.get("EventSourceArn") or "", source, quotas)
    if source in STREAMS:
        made["DestinationConfig"] = {"OnFailure": {}, **made.get("DestinationConfig", {})}
    if not made.get("FilterCriteria", {}).get("Filters"):
        made.pop("FilterCriteria", None)
    return made


def updated(
    stored: Mapping[str, Any], request: Mapping[str, Any], arn: str, source: Source, quotas: Quotas
) -> dict[str, Any]:
    """The settings after UpdateEventSourceMapping: what the request does not set stays; empty filters go.

    ``stored`` holds what ``settings`` returned. Raises ``ServiceError`` as ``check_settings`` does.
    """
    check_members(request, source)
    given = {name: request[name] for name in request if name in _SETTINGS or name in stored}
    made = {**stored, **{name: value for name, value in given.items() if value is not None}}
    check_settings(made, arn, source, quotas)
    if not (made.get("FilterCriteria") or {}).get("Filters"):
        made.pop("FilterCriteria", None)
    return made


def check_settings(made: Mapping[str, Any], arn: str, source: Source, quotas: Quotas) -> None:
    """Refuse settings that the source does not know, or that contradict each other or its limits."""
    rules = _rules(source, quotas)
    _check_start(made, arn, source)
    for member in sorted(_SETTINGS - rules.defaults.keys()):
        if made.get(member) is not None:
            raise _unsupported(member)
    _check_batch(made, source, rules, quotas)
    _check_destination(made, source)
    _check_limits(made, source, quotas)
    check_filters(made.get("FilterCriteria"), quotas)


def _check_start(made: Mapping[str, Any], arn: str, source: Source) -> None:
    position = made.get("StartingPosition")
    if source in QUEUES or source == "mq":
        if position is not None and source in QUEUES:
            raise _refuse("StartingPosition is not valid for SQS event sources.")
        return
    if position is None:
        text = "Value null at 'startingPosition' failed to satisfy constraint: Member must not be null."
        raise _refuse(f"1 validation error detected: {text}")
    if source == "dynamodb" and position == "AT_TIMESTAMP":
        raise _refuse(f"Unsupported starting position for arn type: {arn}")
    if position == "AT_TIMESTAMP" and made.get("StartingPositionTimestamp") is None:
        raise _refuse("Need to specify a timestamp")


def _check_batch(made: Mapping[str, Any], source: Source, rules: _Rules, quotas: Quotas) -> None:
    size, window = made["BatchSize"], made["MaximumBatchingWindowInSeconds"]
    if source == "fifo" and window:
        raise _refuse("Batching window is not supported for FIFO queues.")
    if size > rules.batch_max:
        raise _refuse(f"Batch size {size} is greater than the maximum of {rules.batch_max} for this event source.")
    if source == "sqs" and size > quotas.batch_size_without_window and not window:
        text = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than"
        raise _refuse(f"{text} {quotas.batch_size_without_window}")


def _check_destination(made: Mapping[str, Any], source: Source) -> None:
    config = made.get("DestinationConfig") or {}
    target = (config.get("OnFailure") or {}).get("Destination") or ""
    kinds = ("arn:aws:sqs:", "arn:aws:sns:", "arn:aws:s3:", *(("kafka://",) if source == "kafka" else ()))
    if (config.get("OnSuccess") or {}).get("Destination") or (target and not target.startswith(kinds)):
        raise _unsupported("DestinationConfig")


def _check_limits(made: Mapping[str, Any], source: Source, quotas: Quotas) -> None:
    age = made.get("MaximumRecordAgeInSeconds", -1)
    if age != -1 and age < quotas.stream_record_age_min:
        least, most = quotas.stream_record_age_min, quotas.stream_record_age_max
        raise _refuse(f"MaximumRecordAgeInSeconds must be -1 or between {least} and {most}.")
    pollers = made.get("ProvisionedPollerConfig") or {}
    if pollers and (made.get("ScalingConfig") or {}).get("MaximumConcurrency"):
        raise _refuse("ScalingConfig and ProvisionedPollerConfig cannot be used together.")
    if not pollers:
        return
    queue = source in QUEUES
    least, most = (quotas.sqs_pollers_min, quotas.sqs_pollers_max) if queue else (1, quotas.kafka_pollers_max)
    low, high = _pollers(pollers, least, quotas)
    if not least <= low <= high <= most:
        raise _refuse(f"Pollers must be between {least} and {most}, and the minimum not above the maximum.")


def queue_concurrency(made: Mapping[str, Any], busy: float, quotas: Quotas) -> int:
    """How many batches of a queue the function may have at a time, after ``busy`` seconds with work all the time.

    In provisioned mode it begins with what the smallest number of pollers can do, and ends with the greatest.
    """
    maximum = (made.get("ScalingConfig") or {}).get("MaximumConcurrency")
    if maximum is not None:
        return int(maximum)
    pollers = made.get("ProvisionedPollerConfig")
    if not pollers:
        grown = quotas.sqs_initial_concurrency + int(busy / 60 * quotas.sqs_scaling_per_minute)
        return min(grown, quotas.sqs_scaling_max)
    low, high = _pollers(pollers, quotas.sqs_pollers_min, quotas)
    grown = low * quotas.sqs_poller_concurrency + int(busy / 60 * quotas.sqs_pollers_scaling_per_minute)
    return min(grown, high * quotas.sqs_poller_concurrency)


def active_pollers(made: Mapping[str, Any], batches: int, quotas: Quotas) -> int | None:
    """How many provisioned pollers of a queue so many batches at a time keep; None outside provisioned mode."""
    pollers = made.get("ProvisionedPollerConfig")
    if not pollers:
        return None
    low, high = _pollers(pollers, quotas.sqs_pollers_min, quotas)
    return min(max(low, math.ceil(batches / quotas.sqs_poller_concurrency)), high)


def _pollers(config: Mapping[str, Any], least: int, quotas: Quotas) -> tuple[int, int]:
    low = int(config.get("MinimumPollers") or least)
    return low, int(config.get("MaximumPollers") or max(low, quotas.sqs_pollers_default_max))


def check_visibility(visibility_timeout: int, function_timeout: int) -> None:
    """Refuse a queue whose messages would come back while the function may still work on them. Both in seconds."""
    if visibility_timeout < function_timeout:
        text = f"Queue visibility timeout: {visibility_timeout} seconds is less than Function timeout: "
        raise _refuse(f"{text}{function_timeout} seconds")


def duplicate(source: Source, arn: str, function: str, uuid: str) -> ServiceError:
    """409: the function has a mapping of that source already."""
    advice = f"Please update or delete the existing mapping with UUID {uuid}"
    if source in QUEUES:
        text = f'An event source mapping with SQS arn (" {arn} ") and function (" {function} ") already exists. '
    else:
        text = f'The event source arn (" {arn} ") and function (" {function} ") provided mapping already exists. '
    return ServiceError("ResourceConflictException", text + advice)


def source_missing(source: Source, arn: str) -> ServiceError:
    """The queue or stream does not exist."""
    if source in QUEUES:
        return _refuse(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
            "SQS Error Message: The specified queue does not exist."
        )
    return _refuse(f"Stream not found: {arn}")


def role_may_not(call: str, service: str) -> str:
    """The sentence for a role that lacks what a mapping needs: ``("ReceiveMessage", "SQS")``."""
    return f"The function execution role does not have permissions to call {call} on {service}"


def stream_out_of_reach(source: Source, arn: str) -> str:
    """The sentence for a role that may not read a stream."""
    shards = "ListShards, " if source == "kinesis" else ""
    return (
        f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        f"DescribeStream, {shards}and ListStreams Actions on your stream in IAM."
    )


def mapping_missing() -> ServiceError:
    """404: no mapping has that UUID."""
    return ServiceError("ResourceNotFoundException", "The resource you requested does not exist.")


def function_missing() -> ServiceError:
    """400: the function that a new mapping names does not exist."""
    return _refuse("Function does not exist")


def _unsupported(member: str) -> ServiceError:
    return _refuse(f"Unsupported {member} parameter for given event source mapping type.")


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
