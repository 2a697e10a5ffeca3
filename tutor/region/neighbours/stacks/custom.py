"""Custom resources: a function is told, and the stack waits for what it puts at the address that it was given.

Source: CloudFormation user guide, "Custom resource request and response objects". The function is invoked with the
rights of who owns the stack, so it needs no permission for the service.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, unquote

from tutor.region.api.message import HttpRequest
from tutor.region.neighbours.house import drawer
from tutor.region.neighbours.journal import Record
from tutor.region.neighbours.moto_clock import Event
from tutor.region.neighbours.replay import CONCLUSIONS
from tutor.region.neighbours.stacks.kind import Made, Properties, Services
from tutor.region.neighbours.stacks.template import invalid

KIND = "answer of a custom resource"
ENDPOINT = "http://127.0.0.1:9330"
"""Where functions reach the region from their environments."""
_BUCKET = "cloudformation-custom-resource-response-"
_ANSWER = re.compile(rf"/{_BUCKET}([a-z0-9]+)/([^?]+)")
_SAID, _WAITING = "answers of custom resources", "who waits for a custom resource"
_LONGEST = 3600.0
"""Seconds that a stack waits for an answer, where ``ServiceTimeout`` says nothing else."""


def answered(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a custom resource's function says by this request; None for every other request."""
    found = _ANSWER.fullmatch(request.path)
    if found is None or request.method != "PUT":
        return None
    try:
        said = json.loads(request.data())
    except ValueError:
        said = None
    bad = {"Status": "FAILED", "Reason": "Response is not in the correct format."}
    return {"place": unquote(found[2]), "said": said if isinstance(said, dict) else bad}


def _take_up(record: Record) -> None:
    told = record.conclusion
    drawer(_SAID)[str(told["place"])] = told["said"]
    waiting = drawer(_WAITING).get(str(told["place"]))
    if waiting is not None:
        waiting.set()


CONCLUSIONS[KIND] = _take_up


def answer_to(place: str, seconds: float) -> Mapping[str, Any] | None:
    """What is said about ``place``, waited for in region time; None where nothing comes. Only inside a scene."""
    waiting = drawer(_WAITING).setdefault(place, Event())
    if place not in drawer(_SAID):
        waiting.wait(seconds)
    drawer(_WAITING).pop(place, None)
    said: Mapping[str, Any] | None = drawer(_SAID).get(place)
    return said


class Asking(Services, Protocol):
    """The services, and what an event says of the stack and the resource that it is about."""

    stack_id: str
    logical_id: str
    type_name: str

    def placed(self, request: str) -> tuple[str, bool]:
        """The request's id for asking this of the resource's function, and whether it has been asked already."""


class Custom:
    """``Custom::*`` and ``AWS::CloudFormation::CustomResource``."""

    def replaces(self, before: Properties, after: Properties) -> bool:
        """Whether another function is in charge now."""
        return bool(before.get("ServiceToken") != after.get("ServiceToken"))

    def made(self, services: Asking, properties: Properties) -> Made:
        """Have the function make it."""
        return self._asked(services, "Create", properties, {})

    def changed(self, services: Asking, made: Made, before: Properties, after: Properties) -> Made:
        """Have the function change it. Another physical id means that there is a new one, and the old one goes."""
        more = {"PhysicalResourceId": made.physical, "OldResourceProperties": before}
        return self._asked(services, "Update", after, more)

    def removed(self, services: Asking, made: Made) -> None:
        """Have the function take it away."""
        self._asked(services, "Delete", made.known.get("Properties") or {}, {"PhysicalResourceId": made.physical})
        services.wait(lambda: False, 1)  # the function has answered before its end, and the next to go may be its role
        services.there("logs", "describe_log_groups", limit=1)

    def attribute(self, made: Made, name: str, _: str) -> Any:
        """What the function said of this."""
        found: Any = made.known.get("Data") or {}
        if name in found:
            return found[name]
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _asked(self, services: Asking, request: str, properties: Properties, more: Mapping[str, Any]) -> Made:
        token = str(properties.get("ServiceToken") or "")
        request_id, already = services.placed(request)
        place = f"{services.stack_id}|{services.logical_id}|{request_id}"
        if not already:
            event = {
                "RequestType": request,
                "ServiceToken": token,
                "ResponseURL": _address(place, services.aws_region),
                "StackId": services.stack_id,
                "RequestId": request_id,
                "LogicalResourceId": services.logical_id,
                **{name: value for name, value in more.items() if name == "PhysicalResourceId"},
                "ResourceType": services.type_name,
                "ResourceProperties": _texts(properties),
                **{name: _texts(value) for name, value in more.items() if name != "PhysicalResourceId"},
            }
            _send(services, token, event)
        said = answer_to(place, float(properties.get("ServiceTimeout") or _LONGEST))
        return _understood(said, request, properties, str(more.get("PhysicalResourceId") or request_id))


def _send(services: Services, token: str, event: Mapping[str, Any]) -> None:
    text = json.dumps(event)
    if ":sns:" in token:
        subject = "AWS CloudFormation custom resource request"
        services.do("sns", "publish", TopicArn=token, Message=text, Subject=subject)
    elif ":lambda:" in token:
        services.do("lambda", "invoke", FunctionName=token, InvocationType="Event", Payload=text.encode())
    else:
        raise invalid("Invalid service token.")


def _understood(said: Mapping[str, Any] | None, request: str, properties: Properties, physical: str) -> Made:
    if said is None:
        raise invalid(
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
            f"[{physical}]. If you are using the Python cfn-response module, you may need to update your Lambda "
            "function code so that CloudFormation can attach the updated version."
        )
    if said.get("Status") != "SUCCESS":
        reason = said.get("Reason") or "no reason was given"
        raise invalid(f"Received response status [FAILED] from custom resource. Message returned: {reason}")
    if request == "Create" and not said.get("PhysicalResourceId"):
        physical = str(said.get("RequestId") or physical)
    known = {"Properties": dict(properties), "Data": said.get("Data") or {}, "NoEcho": said.get("NoEcho", False)}
    return Made(str(said.get("PhysicalResourceId") or physical), known)


def _texts(value: Any) -> Any:
    """A resource's properties as a function gets them: numbers and truth are texts."""
    if isinstance(value, Mapping):
        return {name: _texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else value if value is None else str(value)


def _address(place: str, aws_region: str) -> str:
    """An address that needs no signing by the function: its query has all that a signature says."""
    credential = quote(f"AKIAIOSFODNN7EXAMPLE/20000101/{aws_region}/s3/aws4_request", safe="")
    signed = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date=20000101T000000Z"
    bucket = f"{_BUCKET}{aws_region.replace('-', '')}"
    return f"{ENDPOINT}/{bucket}/{quote(place, safe='')}?{signed}&X-Amz-SignedHeaders=host&X-Amz-Signature={0:064}"
