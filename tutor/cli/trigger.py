"""``tutor trigger``: send a function the event of a service, the way that service would."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tutor.cli.region import PORT
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.content.event_template import EventTemplate
    from tutor.region.triggers.sending import Sender, Sent

_ACCOUNT = "123456789012"
DESCRIPTION = (
    "Sends a function of a running region (tutor region) the event of a service in its true shape: a service that does "
    "not wait hands it to Lambda's queue, one that waits prints the answer, and into a source that is polled a record "
    "is put, where a mapping polls it. stderr tells who tries again when the function fails."
)
_ALLOWED_BY = {
    "resource-policy": "the function's resource policy",
    "execution-role": "the function's execution role",
    "caller-role": "the role or user that it acts for",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The service, the function, values of the event, the region."""
    parser.description = DESCRIPTION
    parser.add_argument("service", metavar="SERVICE", nargs="?", help="such as s3; tutor trigger --list tells all")
    parser.add_argument("--function", metavar="NAME", help="the function's name or ARN, with :ALIAS or :VERSION")
    parser.add_argument("--set", action="append", default=[], metavar="K=V", help="a value of the event; repeatable")
    parser.add_argument("--region-name", metavar="NAME", help="the AWS region (default: us-east-1, or the shell's)")
    parser.add_argument("--endpoint", metavar="URL", help=f"the region's (default: the shell's, or port {PORT})")
    parser.add_argument("--list", action="store_true", help="all services, how they invoke and who tries again")
    parser.add_argument("--print", action="store_true", help="print the event and send nothing")
    parser.add_argument("--json", action="store_true", help="JSON on stdout")


def run(arguments: argparse.Namespace) -> int:
    """0 when it was sent, 1 when the function failed, 2 for bad input or no region."""
    if arguments.list:
        return _list(arguments.json)
    template = _template(arguments.service)
    values = template.values(dict(_pair(pair) for pair in arguments.set))
    aws_region = arguments.region_name or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    if arguments.print:
        name = arguments.function or "f"
        arn = f"arn:aws:lambda:{aws_region}:{_ACCOUNT}:function:{name}"
        print(json.dumps(_event(template, values, aws_region, name, arn), indent=2))
        return 0
    if not arguments.function:
        raise UsageError(f"Say which function gets it: tutor trigger {template.service} --function NAME")
    sent = _send(arguments, template, values, aws_region)
    _tell(sent, template, arguments.json)
    return 1 if sent.function_error else 0


def _template(service: str | None) -> "EventTemplate":
    from tutor import locations
    from tutor.content.events import read_event, services
    from tutor.usecases.nearest import did_you_mean

    known = services(locations.content_root())
    if service is None:
        raise UsageError("Name a service: tutor trigger s3 --function NAME. All of them: tutor trigger --list")
    if service not in known:
        near = did_you_mean(service, known)
        raise UsageError(f"There is no service {service!r}{near}. All of them: tutor trigger --list")
    return read_event(locations.content_root(), service)


def _pair(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {pair!r} is no KEY=VALUE.")
    return name, value


def _event(template: "EventTemplate", values: Mapping[str, Any], aws_region: str, name: str, arn: str) -> Any:
    from tutor.content.event_template import Occasion, filled

    occasion = Occasion(aws_region, _ACCOUNT, name, arn, datetime.now(UTC), str(uuid4()))
    return filled(template.event, {**occasion.values(), **values})


def _send(
    arguments: argparse.Namespace, template: "EventTemplate", values: Mapping[str, Any], aws_region: str
) -> "Sent":
    from tutor.region.triggers.sending import Sender

    sender = Sender(_endpoint(arguments.endpoint), aws_region)
    arn = sender.function_arn(arguments.function)
    event = _event(template, values, aws_region, arn.split(":")[6], arn)
    if template.permission == "resource-policy" and template.principal:
        _warn(sender, arguments.function, template.principal)
    if template.invocation == "polled":
        return sender.put(arguments.function, template.service, values, event)
    return sender.push(arguments.function, event) if _waits_not(template) else sender.call(arguments.function, event)


def _waits_not(template: "EventTemplate") -> bool:
    return template.invocation == "asynchronous"


def _endpoint(given: str | None) -> str:
    endpoint = given or os.environ.get("AWS_ENDPOINT_URL") or f"http://127.0.0.1:{PORT}"
    if not endpoint.startswith(("http://", "https://")):
        raise UsageError(f"{endpoint!r} is no endpoint: give an address such as http://127.0.0.1:{PORT}.")
    return endpoint


def _warn(sender: "Sender", function: str, principal: str) -> None:
    """What is sent here goes in as yours; the service itself would be refused without its permission."""
    if not sender.allows(function, principal):
        print(
            f"tutor: the service itself would be refused: the function's resource policy does not name {principal}. "
            f"aws lambda add-permission --function-name {function} --statement-id s1 --action lambda:InvokeFunction "
            f"--principal {principal}",
            file=sys.stderr,
        )


def _tell(sent: "Sent", template: "EventTemplate", as_json: bool) -> None:
    from tutor.usecases.visible_text import visible

    print(f"tutor: {template.title}: {template.invocation}. {sent.how}", file=sys.stderr)
    print(f"tutor: who tries again: {template.retries}", file=sys.stderr)
    if as_json:
        told = {"Service": template.service, "Invocation": template.invocation, "StatusCode": sent.status}
        error = {"FunctionError": sent.function_error} if sent.function_error else {}
        print(json.dumps({**told, **error, "Payload": sent.answer}))
    elif sent.answer is not None:
        print(visible(json.dumps(sent.answer, indent=2, ensure_ascii=False)))


def _list(as_json: bool) -> int:
    from tutor import locations
    from tutor.content.events import read_events

    events = read_events(locations.content_root()).values()
    if as_json:
        for event in events:
            settings = {name: setting.value for name, setting in event.settings.items()}
            told = {"service": event.service, "title": event.title, "invocation": event.invocation}
            who = {"principal": event.principal or None, "allowed_by": event.permission, "retries": event.retries}
            where = {"source": event.source, "as_of": event.as_of}
            print(json.dumps({**told, **who, "set": settings, **where}))
        return 0
    for event in events:
        print(f"{event.service:<22} {event.invocation:<13} {event.title}")
        print(f"{'':<22} allowed by {_ALLOWED_BY[event.permission]}. {event.retries}")
        print(f"{'':<22} --set {' '.join(event.settings)}")
    return 0
