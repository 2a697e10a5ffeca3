"""A request handed to moto, in this process: found by its address, answered as a value."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote

from tutor.region.api.message import Headers, HttpRequest, HttpResponse
from tutor.region.neighbours.asked import THERE
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.refusal import refused
from tutor.region.neighbours.wire import Scope

_log = logging.getLogger(__name__)
_VIRTUAL = re.compile(
    r"^(?P<bucket>[a-z0-9][a-z0-9.-]+)\.(?:s3[.-][a-z0-9.-]*amazonaws\.com|(?:s3\.)?localhost)(?::\d+)?$"
)
_PASSING = ("user-agent", "amz-sdk-", "x-amz-date", "x-amz-security-token", "accept", "connection")
_FORM = "application/x-www-form-urlencoded"
_HOSTS = {
    "dynamodbstreams": "streams.dynamodb.{region}.amazonaws.com",
    "cloudfront": "cloudfront.amazonaws.com",
    "budgets": "budgets.amazonaws.com",
    "route53": "route53.amazonaws.com",
    "iam": "iam.amazonaws.com",
    "ses": "email.{region}.amazonaws.com",
    "sesv2": "email.{region}.amazonaws.com",
    "s3control": "123456789012.s3-control.{region}.amazonaws.com",
    "iot-data": "data.iot.{region}.amazonaws.com",
    "sagemaker": "api.sagemaker.{region}.amazonaws.com",
}
Answer = tuple[int, dict[str, Any], str | bytes]


def moto_request(request: HttpRequest, service: str, scope: Scope) -> Any:
    """The request as moto wants it: addressed to AWS's own host, with a header that names its region and key."""
    host = _HOSTS.get(service, "{service}.{region}.amazonaws.com")
    address = host.format(service=scope.service, region=scope.aws_region or "us-east-1")
    path = _path_style(request) if service == "s3" else request.path
    url = f"https://{address}{path}" + (f"?{request.query}" if request.query else "")
    fields = {name: value for name, value in request.headers.items() if name not in ("host", "authorization")}
    if service == "s3" and request.method == "PUT" and fields.get("content-type", "").startswith(_FORM):
        fields["content-type"] = "binary/octet-stream"  # else the object would be read as a form
    fields["authorization"] = request.headers.get("authorization") or scope.header()
    made = moto("core.request").Request.from_primitives(request.method, url, fields, request.data())
    made.environ["RAW_URI"] = path + (f"?{request.query}" if request.query else "")
    return made


def essential(request: HttpRequest) -> HttpRequest:
    """The request without what only its sender and the way here cared for: as it is done, journalled and done again."""
    kept = {name: value for name, value in request.headers.items() if not name.startswith(_PASSING)}
    return replace(request, headers=Headers(kept))


def _path_style(request: HttpRequest) -> str:
    host = _VIRTUAL.match(request.headers.get("host", ""))
    return f"/{host['bucket']}{request.path}" if host else request.path


@cache
def _handlers(service: str) -> tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...]:
    urls = moto(f"{service}.urls")
    return tuple(
        (re.compile(path.format(base)), handler) for base in urls.url_bases for path, handler in urls.url_paths.items()
    )


@cache
def _candidates(address: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in moto("backend_index").backend_url_patterns if pattern.match(address))


def _handler(clean: str, address: str) -> Callable[..., Answer] | None:
    for service in _candidates(address):
        for pattern, handler in _handlers(service):
            if pattern.match(clean):
                return handler
    return None


def call_moto(made: Any, seen_host: str, protocol: str = "json") -> HttpResponse:
    """moto's answer. ``seen_host`` is the host under which the client reached us: queues' URLs are told with it.

    moto is another's code, in which a strange request may raise anything: that is answered as AWS answers a fault of
    its own, and logged.
    """
    clean = f"https://{made.host}{made.raw_path}"
    try:
        handler = _handler(clean, f"https://{made.host}") or _handler(unquote(clean), f"https://{made.host}")
        if handler is None:
            return refused(protocol, "NotImplemented", f"This service is not in this region. {THERE}", 501)
        status, headers, body = _handled(handler, made, seen_host)
    except (NotImplementedError, ModuleNotFoundError) as missing:
        return refused(protocol, "NotImplemented", f"This is not in this region yet: {missing}.", 501)
    except Exception:
        _log.exception("moto failed at %s %s", made.method, clean)
        return refused(
            protocol, "InternalFailure", "The request processing has failed because of an unknown error.", 500
        )
    return _answer(made.method, int(status), headers, body)


def _handled(handler: Callable[..., Answer], made: Any, seen_host: str) -> Answer:
    url = made.raw_url
    if seen_host and "amazonaws.com" not in seen_host and made.host.startswith(("sqs.", "queue.")):
        url = f"http://{seen_host}{made.raw_path}"
    try:
        answer = handler(made, url, made.headers)
    except moto("core.exceptions").HTTPException as refused:
        return int(refused.code or 400), dict(refused.get_headers()), refused.get_body()
    return answer


def _answer(method: str, status: int, headers: dict[str, Any], body: str | bytes) -> HttpResponse:
    data = body.encode() if isinstance(body, str) else bytes(body or b"")
    fields = {str(name).lower(): str(value) for name, value in dict(headers).items() if str(name).lower() != "status"}
    if method == "HEAD":
        return HttpResponse(status, tuple(fields.items()))
    fields["content-length"] = str(len(data))
    return HttpResponse(status, tuple(fields.items()), data)
