"""What EventBridge refuses and moto takes: rules of no pattern or schedule, inputs that are none, empty events."""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from tutor.awslambda.filter_pattern import parse_pattern
from tutor.errors import ServiceError
from tutor.region.neighbours.moto_import import moto
from tutor.region.triggers.cron import BadExpressionError
from tutor.region.triggers.schedule_expression import next_after


def mend_events_refusals(module: ModuleType) -> None:
    """Mend ``moto.events.models``: a pattern or a schedule that is none is refused when the rule is put."""
    backend = module.EventsBackend
    put = backend.put_rule

    def put_rule(self: Any, name: str, *args: Any, **named: Any) -> Any:
        if named.get("event_pattern"):
            pattern_of(named["event_pattern"])
        if named.get("scheduled_expression"):
            _check_schedule(module, str(named["scheduled_expression"]))
        return put(self, name, *args, **named)

    backend.put_rule = put_rule
    sent = backend.put_events

    def put_events(self: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Nobody but AWS sends in AWS's name; what is told is an object."""
        refused = [_not_taken(event) for event in events]
        own = [event for event, no in zip(events, refused, strict=True) if no is None]
        told = iter(sent(self, own) if own else ())
        return [next(told) if no is None else dict(no) for no in refused]

    backend.put_events = put_events
    _targeting(module)


_NOT_YOURS = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
_MALFORMED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def _not_taken(event: Mapping[str, Any]) -> Mapping[str, str] | None:
    if str(event.get("Source", "")).startswith("aws."):
        return _NOT_YOURS
    try:
        detail = json.loads(event.get("Detail") or "{}")
    except (ValueError, RecursionError):
        return _MALFORMED if event.get("Source") and event.get("DetailType") else None
    return None if isinstance(detail, dict) else _MALFORMED


_INPUTS = ("Input", "InputPath", "InputTransformer")
_MOST_TARGETS = 5  # that a rule may have


def _targeting(module: ModuleType) -> None:
    """What is no input for a target is refused when the target is put, and so are more targets than a rule may have."""
    backend = module.EventsBackend
    put = backend.put_targets

    def put_targets(self: Any, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            wrong = _wrong_with_input(target)
            if wrong is not None:
                raise module.ValidationException(wrong)
        bus = self.event_buses.get(self._normalize_event_bus_arn(event_bus_arn))
        rule = bus.rules.get(name) if bus is not None else None
        before = {target["Id"] for target in rule.targets} if rule is not None else set()
        if len(before | {target["Id"] for target in targets}) > _MOST_TARGETS:
            raise moto("core.exceptions").JsonRESTError(
                "LimitExceededException", "The requested resource exceeds the maximum number allowed."
            )
        put(self, name, event_bus_arn, targets)

    backend.put_targets = put_targets


def _wrong_with_input(target: Mapping[str, Any]) -> str | None:
    given = [member for member in _INPUTS if target.get(member) is not None]
    if len(given) > 1:
        return f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
    text = target.get("Input")
    if text is not None:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            where = f'[Source: (String)"{text}"; line: {error.lineno}, column: {error.colno}]'
            return f"JSON syntax error in input for target {target['Id']}: {where}"
        except RecursionError:
            return f"JSON syntax error in input for target {target['Id']}."
    return None


def _check_schedule(module: ModuleType, expression: str) -> None:
    try:
        next_after("" if expression.startswith("at(") else expression, 0.0)
    except BadExpressionError:
        raise module.ValidationException("Parameter ScheduleExpression is not valid.") from None


def pattern_of(text: str) -> dict[str, Any]:
    """A rule's pattern. Raises moto's error of AWS's form."""
    try:
        return parse_pattern(text)
    except ServiceError as refusal:
        raise moto("core.exceptions").JsonRESTError(refusal.code, refusal.message) from None
