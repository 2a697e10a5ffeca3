"""Requests to every operation of the model, right ones and ones broken in a way that is told.

``attempts()`` is a Hypothesis strategy of ``Attempt``: an operation, a signed ``HttpRequest`` and how it was broken.
Values worth trying for a member, such as names of functions that exist, are given as ``known``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, prepare_request_dict
from botocore.credentials import Credentials
from botocore.model import Shape
from botocore.serialize import create_serializer
from hypothesis import strategies as st

from tests.region.api.values import Known, Values, just_wrong
from tutor.region.api.message import Headers, HttpRequest
from tutor.region.api.model import operation_model, service_model

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Attempt:
    """One request. ``broken`` is empty where it is right; ``parameters`` are what a right one was made of."""

    operation: str
    request: HttpRequest
    broken: str
    parameters: Mapping[str, Any]


def operations() -> tuple[str, ...]:
    """Every operation of the model."""
    return tuple(service_model().operation_names)


def attempts(known: Known | None = None, names: tuple[str, ...] | None = None) -> st.SearchStrategy[Attempt]:
    """Requests to the operations of these names (None: all), of which most are broken in one way."""
    return _attempts(Values(known), names or operations(), _BREAKAGES)


def right_attempts(known: Known | None = None, names: tuple[str, ...] | None = None) -> st.SearchStrategy[Attempt]:
    """Requests that obey the model."""
    return _attempts(Values(known), names or operations(), (_leave,))


def out_of_range_attempts(known: Known | None = None) -> st.SearchStrategy[Attempt]:
    """Requests of which one value, where there is any with a bound, is just not what the model allows."""
    return _attempts(Values(known), operations(), (_put_out_of_range,))


Breakage = Callable[[Draw, str, dict[str, Any]], tuple[HttpRequest, str]]


@st.composite
def _attempts(draw: Draw, values: Values, names: tuple[str, ...], breakages: tuple[Breakage, ...]) -> Attempt:
    operation = draw(st.sampled_from(names))
    given = draw(values.parameters(operation_model(operation).input_shape))
    request, broken = draw(st.sampled_from(breakages))(draw, operation, given)
    return Attempt(operation, request, broken, given)


@cache
def _serializer() -> Any:
    return create_serializer("rest-json", include_validation=False)


def request_of(operation: str, given: Mapping[str, Any]) -> HttpRequest:
    """The signed request that botocore makes of an operation's parameters."""
    parts = _serializer().serialize_to_request(given, operation_model(operation))
    prepare_request_dict(parts, endpoint_url="http://127.0.0.1:9330")
    body = parts["body"] or b""
    return signed_request(
        parts["method"], parts["url"], dict(parts["headers"]), body if isinstance(body, bytes) else body.encode()
    )


def signed_request(method: str, url: str, headers: Mapping[str, str], body: bytes, secret: str = "any") -> HttpRequest:
    """A request signed by botocore with a key that nobody knows."""
    aws = AWSRequest(method, url, dict(headers), body)
    SigV4Auth(Credentials("AKIDTEST", secret), "lambda", "eu-west-1").add_auth(aws)
    prepared = aws.prepare()
    split = urlsplit(prepared.url)
    fields = {name: value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    return HttpRequest(method, split.path, split.query, Headers({"host": split.netloc, **fields}), body)


def _leave(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    return request_of(operation, given), ""


def _put_out_of_range(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """One value becomes one that the model just does not allow."""
    shape = operation_model(operation).input_shape
    places = list(_places(shape, given)) if shape is not None else []
    if not places:
        return _leave(draw, operation, given)
    holder, key, path, wrong = draw(st.sampled_from(places))
    before, holder[key] = holder[key], wrong
    request = request_of(operation, given)
    holder[key] = before
    return request, f"{path} = {str(wrong)[:60]!r}"


_Place = tuple[dict[str, Any], str, str, Any]
"""Where a value stands (its holder and key), the path to it, and a wrong one."""


def _places(shape: Shape, given: dict[str, Any], path: str = "") -> Iterator[_Place]:
    for name, value in given.items():
        member, at = shape.members[name], f"{path}{name}"
        for wrong in just_wrong(member):
            yield given, name, at, wrong
        if member.type_name == "structure" and isinstance(value, dict):
            yield from _places(member, value, f"{at}.")


def _break_json(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """One value in the JSON body becomes one of another type, or null, or a member comes that nobody knows."""
    request = request_of(operation, given)
    try:
        document = json.loads(request.data())
    except ValueError:
        return request, ""
    if not isinstance(document, dict):
        return request, ""
    key = draw(st.sampled_from([*document, "NobodyKnowsThis"]))
    document[key] = draw(st.sampled_from(_OTHERS))
    return replace(request, body=json.dumps(document).encode()), f"body {key} = {str(document[key])[:60]}"


_OTHERS: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 1.5, 1e400, "", "x", "\ud800", [], [None], [[]], [{}] * 30, {}, {"a": None},
)  # fmt: skip
_BODIES = (
    b"", b" ", b"null", b"[]", b'"x"', b"{", b"{}", b"\xff\xfe", b"<xml/>", b"{" * 5000, b'{"a": NaN}', b'{"a":1}{',
    b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}",
)  # fmt: skip


def _replace_body(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """The body becomes something else, or ends half-way."""
    request = request_of(operation, given)
    half = request.data()[: len(request.data()) // 2]
    body = draw(st.sampled_from((*_BODIES, half)))
    return replace(request, body=body), f"body {body[:40]!r}"


def _break_query(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """Every parameter of the query becomes something else, and more come."""
    request = request_of(operation, given)
    shape = operation_model(operation).input_shape
    names = [member.serialization["name"] for member in shape.members.values() if _is_query(member)] if shape else []
    value = draw(st.sampled_from(("", "x", "-1", "0", "99999999999999999999", "%FF", "%00", "true", "a%20b", "+", "=")))
    query = "&".join([f"{name}={value}" for name in names] + ["Nobody=1"])
    return replace(request, query=f"{request.query}&{query}" if request.query else query), f"query {query}"


def _is_query(member: Shape) -> bool:
    return bool(member.serialization.get("location") == "querystring")


def _break_path(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """The path goes on, ends early or has what no path should have; or the method is another."""
    request = request_of(operation, given)
    tail = draw(st.sampled_from(("/", "/x", "//", "/%FF", "/..", "%00", "é", "/a/b/c/d/e/f")))
    method = draw(st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", request.method)))
    path = draw(st.sampled_from((request.path + tail, request.path[: len(request.path) // 2], "/", "", request.path)))
    return replace(request, path=path, method=method), f"{method} {path}"


def _break_signature(draw: Draw, operation: str, given: dict[str, Any]) -> tuple[HttpRequest, str]:
    """No signature, half of one, or one of another form."""
    request = request_of(operation, given)
    right = request.headers["authorization"]
    swapped = [right.replace(*pair) for pair in (("/", "-"), ("aws4_request", "aws3"), ("host", "hosts"), (" ", ""))]
    cut = [right[:40], right[:-1], right + "0"]
    wrong = draw(st.sampled_from((None, "", "Basic eDp5", "AWS4-HMAC-SHA256", *swapped, *cut)))
    fields = {name: value for name, value in request.headers.items() if name != "authorization"}
    headers = Headers(fields if wrong is None else {**fields, "authorization": wrong})
    return replace(request, headers=headers), f"signature {wrong!r}"


_BREAKAGES: tuple[Breakage, ...] = (
    _leave,
    _put_out_of_range,
    _put_out_of_range,
    _break_json,
    _break_json,
    _replace_body,
    _break_query,
    _break_path,
    _break_signature,
)
