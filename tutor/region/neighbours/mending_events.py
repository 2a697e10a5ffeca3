"""moto's EventBridge: its targets, inputs and transformers, and failures that are not the sender's."""

import base64
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any

from tutor.awslambda.filter_pattern import matches
from tutor.region.call import ACCOUNT
from tutor.region.neighbours.events_refusals import pattern_of
from tutor.region.neighbours.house import House, scene
from tutor.region.neighbours.journal import Record
from tutor.region.neighbours.mending_lambda import push
from tutor.region.neighbours.moto_clock import SHIMS
from tutor.region.neighbours.moto_import import moto, moto_refusals
from tutor.region.neighbours.replay import CONCLUSIONS
from tutor.region.neighbours.service_policy import (
    dead_letter,
    may_publish,
    may_send,
    queue_of,
    service,
    topic_of,
)

_SERVICE = "events.amazonaws.com"
_log = logging.getLogger(__name__)
Event = Mapping[str, Any]
Target = Mapping[str, Any]


def mend_events(module: ModuleType) -> None:
    """Mend ``moto.events.models``."""
    rule = module.Rule
    sent = rule.send_to_targets

    def send(self: Any, original_event: Event, transform_input: bool = True) -> None:
        if self.managed_by:  # an archive's own rule
            sent(self, original_event, transform_input)
            return
        scheduled = self.scheduled_expression and not self.event_pattern.get_pattern()
        event = as_aws_writes_it(original_event)
        if self.state == "ENABLED" and not scheduled and matches(self.event_pattern.get_pattern() or {}, event):
            deliver(self, event)

    rule.send_to_targets = send


def mend_events_requests(module: ModuleType) -> None:
    """Mend ``moto.events.responses``: a pattern can be tried, which moto does not do."""

    def tried(self: Any) -> str:
        pattern = pattern_of(str(self._get_param("EventPattern")))
        try:
            event = json.loads(self._get_param("Event"))
        except (ValueError, TypeError):
            raise moto("core.exceptions").JsonRESTError(
                "ValidationException", "Parameter Event is not valid."
            ) from None
        return json.dumps({"Result": matches(pattern, event)})

    module.EventsHandler.test_event_pattern = tried


KIND = "firing of a rule"


def _fired(record: Record) -> None:
    """A rule's moment has come: its targets get the event of a schedule."""
    arn = str(record.conclusion["rule"])
    region, name = arn.split(":")[3], arn.split(":")[5].removeprefix("rule/")
    bus, _, rule_name = name.rpartition("/")
    buses = moto("events.models").events_backends[ACCOUNT][region].event_buses
    rule = buses[bus or "default"].rules.get(rule_name) if (bus or "default") in buses else None
    if rule is None or rule.state != "ENABLED":
        return
    event = {
        "version": "0",
        "id": str(SHIMS["uuid"].uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": record.moment,
        "region": region,
        "resources": [arn],
        "detail": {},
    }
    deliver(rule, as_aws_writes_it(event))


CONCLUSIONS[KIND] = _fired


def as_aws_writes_it(event: Event) -> dict[str, Any]:
    """An event of moto's with AWS's members alone, in AWS's order, its time in AWS's form."""
    names = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
    told = {name: event.get(name) for name in names}
    time = told["time"]
    if isinstance(time, int | float) or (isinstance(time, str) and time.replace(".", "", 1).isdigit()):
        told["time"] = datetime.fromtimestamp(float(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


def deliver(rule: Any, event: Event) -> None:
    """Send an event to every target of a rule, as each wants it. What one refuses goes to its dead-letter queue."""
    for target in rule.targets:
        send_to(rule, target, event)


def send_to(rule: Any, target: Target, event: Event) -> None:
    """Send an event to one target."""
    arn = str(target["Arn"])
    told = given_to(target, event, rule.arn)
    service = arn.split(":")[2]
    send = _TARGETS.get(service)
    if send is None:
        _log.warning("EventBridge cannot reach %s in this region yet", arn)
        return
    try:
        send(rule, target, arn, told)
    except moto_refusals() as error:
        _dead_letter(target, arn, told, rule, error)


def given_to(target: Target, event: Event, rule_arn: str) -> Any:
    """What a target gets of an event: a constant, a part, what its template makes of it, or all of it."""
    if target.get("Input"):
        return json.loads(target["Input"])
    if target.get("InputPath"):
        return _found(target["InputPath"], event)
    transformer = target.get("InputTransformer")
    return _transformed(transformer, event, rule_arn) if transformer else dict(event)


def _found(path: str, event: Event) -> Any:
    """The part of the event at a path like ``$.detail.id``, None where there is none."""
    from jsonpath_ng.ext.parser import parse

    if path == "$":
        return dict(event)
    found = parse(path).find(event)
    return found[0].value if found else None


def _transformed(transformer: Mapping[str, Any], event: Event, rule_arn: str) -> Any:
    values = {name: _found(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
        "aws.events.event.ingestion-time": event.get("time"),
        "aws.events.event": dict(event),
        "aws.events.event.json": dict(event),
    }
    template = str(transformer["InputTemplate"])

    def filled(found: re.Match[str]) -> str:
        return _inserted(values[found[1]], within=template[: found.start()].count('"') % 2 == 1)

    text = re.sub("<(" + "|".join(map(re.escape, values)) + ")>", filled, template)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _inserted(value: Any, *, within: bool) -> str:
    """A value as JSON; within a text of the template it stands without quotes, and nothing stands for what is not."""
    if within and value is None:
        return ""
    plain = json.dumps(value)
    return plain.strip('"') if within and isinstance(value, str) else plain


def _text(told: Any) -> str:
    return told if isinstance(told, str) else json.dumps(told)


class NoPermissionError(ValueError):
    """What a rule's target does not let EventBridge do."""


def _function(rule: Any, target: Target, arn: str, told: Any) -> None:
    def refused(house: House) -> None:
        _into_dead_letters(house, rule, target, told, "NO_PERMISSIONS", f"The function {arn} could not be invoked.")

    region = arn.split(":")[3]
    push(arn, told, service=_SERVICE, source_arn=rule.arn, aws_region=region, refused=refused)


def _queue(rule: Any, target: Target, arn: str, told: Any) -> None:
    if queue_of(arn) is not None and not may_send(arn, _SERVICE, rule.arn):
        raise NoPermissionError(f"The policy of {arn} does not let {_SERVICE} send to it.")
    _, _, _, region, account, name = arn.split(":", 5)
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    moto("sqs.models").sqs_backends[account][region].send_message(name, _text(told), group_id=group)


def _topic(rule: Any, _: Target, arn: str, told: Any) -> None:
    if topic_of(arn) is not None and not may_publish(arn, _SERVICE, rule.arn):
        raise NoPermissionError(f"The policy of {arn} does not let {_SERVICE} publish to it.")
    moto("sns.models").sns_backends[arn.split(":")[4]][arn.split(":")[3]].publish(_text(told), arn=arn)


def _machine(_: Any, __: Target, arn: str, told: Any) -> None:
    backend = moto("stepfunctions.responses").get_backend(ACCOUNT, arn.split(":")[3])
    name = str(moto("moto_api._internal").mock_random.uuid4())
    backend.start_execution(arn, name, json.dumps(told), None)


def _stream(_: Any, target: Target, arn: str, told: Any) -> None:
    path = (target.get("KinesisParameters") or {}).get("PartitionKeyPath")
    whole = told if isinstance(told, Mapping) else {}
    key = str(_found(path, whole) if path else whole.get("id", "0"))
    _, _, _, region, account, name = arn.split(":", 5)
    backend = moto("kinesis.models").kinesis_backends[account][region]
    data = base64.b64encode(_text(told).encode()).decode()
    backend.put_record(arn, name.removeprefix("stream/"), key, "", data)


def _log_group(_: Any, __: Target, arn: str, told: Any) -> None:
    _, _, _, region, account, name = arn.split(":", 5)
    backend = moto("logs.models").logs_backends[account][region]
    group = name.removeprefix("log-group:").removesuffix(":*")
    stream = str(moto("moto_api._internal").mock_random.uuid4())
    backend.create_log_stream(group, stream)
    now = int(moto("core.utils").unix_time_millis())
    backend.put_log_events(group, stream, [{"timestamp": now, "message": _text(told)}])


def _bus(_: Any, __: Target, arn: str, told: Any) -> None:
    if "event-bus/" not in arn:
        return
    entry = {
        "Source": told["source"],
        "DetailType": told["detail-type"],
        "Detail": json.dumps(told["detail"]),
        "EventBusName": arn.rsplit("/", 1)[-1],
    }
    moto("events.models").events_backends[arn.split(":")[4]][arn.split(":")[3]].put_events([entry])


_TARGETS: Mapping[str, Callable[[Any, Target, str, Any], None]] = {
    "lambda": _function,
    "sqs": _queue,
    "sns": _topic,
    "states": _machine,
    "kinesis": _stream,
    "logs": _log_group,
    "events": _bus,
}


def _dead_letter(target: Target, arn: str, told: Any, rule: Any, error: Exception) -> None:
    """The event with what went wrong, where the target has a queue for that; else it is dropped, as on AWS."""
    _log.warning("EventBridge could not deliver to %s: %s", arn, error)
    code = "NO_PERMISSIONS" if isinstance(error, NoPermissionError) else "NO_RESOURCE"
    here = scene()
    if here is not None:
        here.push(partial(_into_dead_letters, here.house, rule, target, told, code, str(error)))


def _into_dead_letters(house: House, rule: Any, target: Target, told: Any, code: str, message: str) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        facts = {"RULE_ARN": rule.arn, "TARGET_ARN": str(target["Arn"]), "ERROR_CODE": code, "ERROR_MESSAGE": message}
        dead_letter(house, queue, _text(told), facts, service(_SERVICE, rule.arn))
