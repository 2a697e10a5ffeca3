"""Application Load Balancers: a port for each listener, its requests led to functions by the listener's rules."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from uuid import uuid4

from tutor.awslambda import http_message, load_balancer_event
from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.errors import ServiceError
from tutor.region.api.doorkeeper import at_most
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.triggers.asking import ask, for_service
from tutor.region.triggers.conversation import answered, asked
from tutor.region.triggers.integration import forwarded

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.triggers.doors import Doors

_log = logging.getLogger(__name__)
WHAT = "load-balancer"
_SOURCE = "elasticloadbalancing.amazonaws.com"
_FIRST_FREE_TO_ALL = 1024  # ports below are the administrator's
Described = Mapping[str, Any]


@dataclass(frozen=True)
class _Group:
    """A target group of functions: the function, and whether headers and parameters come with all their values."""

    arn: str
    function: str | None
    multi_value: bool


@dataclass(frozen=True)
class _Balanced:
    """A listener as it stands now: its rules in the order in which they are tried."""

    aws_region: str
    port: int
    rules: Sequence[Described]
    groups: Mapping[str, _Group]


class LoadBalancers:
    """Opens a door for every listener of an Application Load Balancer that leads to a function."""

    def __init__(self, region: "Region", doors: "Doors") -> None:
        self._region = region
        self._doors = doors
        self._listeners: dict[str, _Balanced] = {}

    def refresh(self, aws_region: str) -> None:
        """Look at the balancers as they are now, and open and shut doors accordingly."""
        client = self._region.neighbours.client("elbv2", aws_region)
        groups = {group.arn: group for group in _groups(client)}
        there: set[str] = set()
        for balancer in client.describe_load_balancers()["LoadBalancers"] if groups else ():
            for listener in client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
                key = f"{aws_region}/{WHAT}/{balancer['LoadBalancerName']}:{listener['Port']}"
                there.add(key)
                rules = client.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
                balanced = _Balanced(aws_region, int(listener["Port"]), sorted(rules, key=_priority), groups)
                self._open(key, balancer["LoadBalancerName"], balanced)
        self._doors.shut_all_but(f"{aws_region}/{WHAT}/", there)

    def _open(self, key: str, name: str, balanced: _Balanced) -> None:
        new = key not in self._listeners
        self._listeners[key] = balanced
        port = balanced.port if balanced.port >= _FIRST_FREE_TO_ALL else 0
        doorkeeper = at_most(self._region.quotas.alb_payload, answered(load_balancer_event.payload_too_large()))
        address = self._doors.open(key, lambda request: self._answer(key, request), port, doorkeeper)
        if new:
            told = f"Load balancer {name}, listener {balanced.port}: {address}"
            self._region.triggers.announce(told, balanced.aws_region)

    def _answer(self, key: str, request: HttpRequest) -> HttpResponse:
        balanced = self._listeners[key]
        here = asked(request)
        rule = next(each for each in balanced.rules if _fits(each.get("Conditions") or (), here))
        action = rule["Actions"][-1]
        if action["Type"] == "fixed-response":
            return answered(_fixed(action["FixedResponseConfig"]))
        if action["Type"] == "redirect":
            return answered(_redirect(action["RedirectConfig"], here))
        group = balanced.groups.get(_group_of(action))
        if action["Type"] != "forward" or group is None or group.function is None:
            text = "no function stands behind this rule; only functions are served behind a load balancer here"
            return answered(self._unavailable(balanced, text))
        return answered(self._invoked(balanced, group, group.function, here))

    def _invoked(self, balanced: _Balanced, group: _Group, function: str, here: http_message.HttpRequest) -> Answer:
        quotas = self._region.quotas
        if load_balancer_event.too_large(here, quotas):
            return load_balancer_event.payload_too_large()
        headers = (*forwarded(here.headers, balanced.port), ("X-Amzn-Trace-Id", f"Root=1-{_trace(self._region)}"))
        event = load_balancer_event.event(replace(here, headers=headers), group.arn, multi_value=group.multi_value)
        caller = for_service(_SOURCE, group.arn)
        try:
            done = ask(
                self._region, function, event, caller, aws_region=balanced.aws_region, seconds=None, source=_SOURCE
            )
        except ServiceError as refusal:
            self._note(balanced, f"{function} was not invoked: {refusal}")
            return load_balancer_event.bad_gateway()
        payload, error = done.payload, done.function_error
        return load_balancer_event.response(payload, error, quotas, multi_value=group.multi_value)

    def _unavailable(self, balanced: _Balanced, why: str) -> Answer:
        self._note(balanced, why)
        return http_message.HttpResponse(503, (("Content-Type", "text/html"),), b"503 Service Temporarily Unavailable")

    def _note(self, balanced: _Balanced, why: str) -> None:
        self._region.timeline.note("drop", "", f"Load balancer: {why}", aws_region=balanced.aws_region)
        _log.info("load balancer: %s", why)


def _groups(client: Any) -> list[_Group]:
    found = []
    for group in client.describe_target_groups()["TargetGroups"]:
        if group.get("TargetType") == "lambda":
            arn = group["TargetGroupArn"]
            targets = client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
            kept = client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
            attributes = {each["Key"]: each["Value"] for each in kept}
            multi_value = attributes.get("lambda.multi_value_headers.enabled") == "true"
            found.append(_Group(arn, targets[0]["Target"]["Id"] if targets else None, multi_value))
    return found


def _priority(rule: Described) -> int:
    return int(rule["Priority"]) if rule["Priority"].isdigit() else 1 << 20


def _group_of(action: Described) -> str:
    """The target group that an action forwards to; of several with weights, the heaviest."""
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
    heaviest: Described = max(groups, key=lambda group: int(group.get("Weight", 1)), default={})
    return str(action.get("TargetGroupArn") or heaviest.get("TargetGroupArn", ""))


def _fits(conditions: Sequence[Described], here: http_message.HttpRequest) -> bool:
    """Whether a request fulfils all conditions of a rule."""
    return all(any(_matches(value, wanted) for value in _values(each, here)) for each, wanted in _wanted(conditions))


def _wanted(conditions: Sequence[Described]) -> list[tuple[Described, list[str]]]:
    return [(each, _texts(each)) for each in conditions]


def _texts(condition: Described) -> list[str]:
    config = next((value for name, value in condition.items() if name.endswith("Config") and value), None)
    values = condition.get("Values") or (config or {}).get("Values") or ()
    return [f"{each.get('Key', '*')}={each['Value']}" if isinstance(each, Mapping) else str(each) for each in values]


def _values(condition: Described, here: http_message.HttpRequest) -> list[str]:
    """What of the request a condition looks at."""
    field = condition["Field"]
    if field == "query-string":
        return [f"{name}={value}" for name, value in parse_qsl(here.query, keep_blank_values=True)]
    if field == "http-header":
        return [here.header(condition["HttpHeaderConfig"]["HttpHeaderName"])]
    looked_at = {
        "path-pattern": here.path,
        "host-header": here.header("host").partition(":")[0].lower(),
        "http-request-method": here.method,
        "source-ip": here.source_ip,
    }
    return [looked_at.get(field, "")]


def _matches(value: str, wanted: Sequence[str]) -> bool:
    return any(fnmatchcase(value, one.replace("[", "[[]")) or one == f"{value}/32" for one in wanted)


def _fixed(config: Described) -> Answer:
    kind = (("Content-Type", config.get("ContentType") or "text/plain"),)
    return http_message.HttpResponse(int(config["StatusCode"]), kind, (config.get("MessageBody") or "").encode())


def _redirect(config: Described, here: http_message.HttpRequest) -> Answer:
    """A redirection, with the parts of the request put into the parts of its address."""
    host, _, port = here.header("host").partition(":")
    parts = {"protocol": "http", "host": host, "port": port or "80", "path": here.path.lstrip("/"), "query": here.query}

    def part(name: str, default: str) -> str:
        text = str(config.get(name) or default)
        for key, value in parts.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    query = part("Query", "#{query}")
    scheme = part("Protocol", "#{protocol}").lower()
    place = f"{scheme}://{part('Host', '#{host}')}:{part('Port', '#{port}')}{part('Path', '/#{path}')}"
    status = int(str(config["StatusCode"]).removeprefix("HTTP_"))
    return http_message.HttpResponse(status, (("Location", f"{place}?{query}" if query else place),))


def _trace(region: "Region") -> str:
    return f"{int(region.clock.now()):08x}-{uuid4().hex[:24]}"
