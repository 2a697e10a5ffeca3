"""Knobs: where a call to AWS holds a setting that may be changed, how it is read there and how it is put back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.awslambda.quotas import Quotas
from tutor.usecases.setting import Setting, Value

ANY = "*"
"""The last member of a path where each member is a setting of its own: the weights of an alias."""


@dataclass(frozen=True)
class Knob:
    """One setting among the parameters of some operations: ``path`` are the members that lead to it.

    ``least``, ``most`` and ``default`` name quotas. A member that was left out where something is created has the
    ``default``; without one it is no setting of the situation. ``source`` must stand in the event source's ARN.
    ``on`` is what stands in the place of a switch that is on.
    """

    of: str
    name: str
    operations: tuple[str, ...]
    path: tuple[str, ...]
    unit: str = ""
    least: str = ""
    most: str = ""
    default: str = ""
    source: str = ""
    on: Any = None

    def found(self, operation: str, parameters: Mapping[str, Any], quotas: Quotas) -> Iterator["Found"]:
        """The settings that it finds in these parameters."""
        if operation not in self.operations or self.source not in parameters.get("EventSourceArn", self.source):
            return
        for knob in self._each(parameters):
            there = _at(parameters, knob.path)
            value = knob._value(there)
            if there is None and operation.startswith(("Create", "Put")):
                value = knob._left_out(quotas)
            if value is not None:
                yield Found(knob, knob._setting(value, quotas), there is not None)

    def put(self, parameters: Mapping[str, Any], value: Value) -> dict[str, Any]:
        """The parameters with another value in its place."""
        placed = value if self.on is None else self.on if value else type(self.on)()
        return _with(parameters, self.path, placed)

    def _each(self, parameters: Mapping[str, Any]) -> Iterator["Knob"]:
        *before, last = self.path
        if last != ANY:
            yield self
            return
        for member in _at(parameters, before) or ():
            yield Knob(self.of, f"{self.name} {member}", self.operations, (*before, member))

    def _left_out(self, quotas: Quotas) -> Value | None:
        if self.on is not None:
            return False
        return getattr(quotas, self.default) if self.default else None

    def _value(self, found: Any) -> Value | None:
        if self.on is not None:
            return None if found is None else bool(found)
        if isinstance(found, str):
            return int(found) if found.isdecimal() else None
        return found if isinstance(found, (bool, int, float)) else None

    def _setting(self, value: Value, quotas: Quotas) -> Setting:
        least, most = (getattr(quotas, bound) if bound else None for bound in (self.least, self.most))
        return Setting(self.of, self.name, value, self.unit, least, most)


@dataclass(frozen=True)
class Found:
    """A setting, the knob that turns just this one, and whether it was named (else it has AWS's default)."""

    knob: Knob
    setting: Setting
    named: bool


def _at(holder: Any, path: "tuple[str, ...] | list[str]") -> Any:
    """What the path leads to, None where it leads nowhere; a text on the way is JSON."""
    for member in path:
        if isinstance(holder, str):
            holder = json.loads(holder)
        if not isinstance(holder, Mapping):
            return None
        holder = holder.get(member)
    return holder


def _with(holder: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy with another value there, written as the one before was: a number in a text stays a text."""
    member, *rest = path
    inner = holder.get(member)
    if not rest:
        return {**holder, member: str(value) if isinstance(inner, str) else value}
    if isinstance(inner, str):
        return {**holder, member: json.dumps(_with(json.loads(inner), tuple(rest), value))}
    return {**holder, member: _with(inner or {}, tuple(rest), value)}


_FUNCTION = ("CreateFunction", "UpdateFunctionConfiguration")
_EVENTS = ("PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig")
_MAPPING = ("CreateEventSourceMapping", "UpdateEventSourceMapping")
_QUEUE = ("CreateQueue", "SetQueueAttributes")
_ALIAS = ("CreateAlias", "UpdateAlias")
_LIMITS = {
    "memory size": ("memory_size_min", "memory_size_max", "memory_size_default"),
    "timeout": ("timeout_min", "timeout_max", "timeout_default"),
    "ephemeral storage": ("ephemeral_storage_min", "ephemeral_storage_max", "ephemeral_storage_default"),
    "maximum retry attempts": ("", "async_retries", "async_retries"),
    "maximum event age": ("async_event_age_min", "async_event_age_max", "async_event_age_max"),
}


def _of_function(name: str, path: tuple[str, ...], unit: str) -> Knob:
    return Knob("function", name, _FUNCTION, path, unit, *_LIMITS[name])


def _of_events(name: str, member: str, unit: str = "") -> Knob:
    return Knob("asynchronous invocation", name, _EVENTS, (member,), unit, *_LIMITS[name])


def _of_mapping(name: str, *path: str, **more: Any) -> Knob:
    return Knob("event source mapping", name, _MAPPING, path, **more)


def _of_queue(name: str, *path: str, unit: str = "") -> Knob:
    return Knob("queue", name, _QUEUE, ("Attributes", *path), unit)


_SQS, _STREAM = ":sqs:", "stream/"

KNOBS: tuple[Knob, ...] = (
    _of_function("memory size", ("MemorySize",), "MB"),
    _of_function("timeout", ("Timeout",), "s"),
    _of_function("ephemeral storage", ("EphemeralStorage", "Size"), "MB"),
    Knob("function", "reserved concurrency", ("PutFunctionConcurrency",), ("ReservedConcurrentExecutions",)),
    Knob(
        "function",
        "provisioned concurrency",
        ("PutProvisionedConcurrencyConfig",),
        ("ProvisionedConcurrentExecutions",),
    ),
    Knob("alias", "weight of version", _ALIAS, ("RoutingConfig", "AdditionalVersionWeights", ANY)),
    _of_events("maximum retry attempts", "MaximumRetryAttempts"),
    _of_events("maximum event age", "MaximumEventAgeInSeconds", "s"),
    _of_mapping("batch size", "BatchSize", most="sqs_batch_max", default="sqs_batch_default", source=_SQS),
    _of_mapping("batch size", "BatchSize", most="stream_batch_max", default="stream_batch_default", source=_STREAM),
    _of_mapping("batching window", "MaximumBatchingWindowInSeconds", unit="s", most="batching_window_max"),
    _of_mapping("maximum concurrency", "ScalingConfig", "MaximumConcurrency"),
    _of_mapping("parallelization factor", "ParallelizationFactor", most="parallelization_factor_max"),
    _of_mapping("maximum retry attempts", "MaximumRetryAttempts", most="stream_retries_max"),
    _of_mapping("maximum record age", "MaximumRecordAgeInSeconds", unit="s", most="stream_record_age_max"),
    _of_mapping("tumbling window", "TumblingWindowInSeconds", unit="s", most="tumbling_window_max"),
    _of_mapping("bisect a batch that failed", "BisectBatchOnFunctionError", source=_STREAM, on=True),
    _of_mapping("report batch item failures", "FunctionResponseTypes", on=["ReportBatchItemFailures"]),
    _of_queue("visibility timeout", "VisibilityTimeout", unit="s"),
    _of_queue("delay", "DelaySeconds", unit="s"),
    _of_queue("message retention", "MessageRetentionPeriod", unit="s"),
    _of_queue("receives before the dead-letter queue", "RedrivePolicy", "maxReceiveCount"),
    Knob("stream", "shards", ("CreateStream",), ("ShardCount",)),
)
"""What can be changed in a staged region. What is not bounded here is bounded by what AWS refuses."""
