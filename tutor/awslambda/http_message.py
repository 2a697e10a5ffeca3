"""An HTTP request and response as values: what function URLs, API Gateway and load balancers turn into events."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from tutor.awslambda.invocation import Json

Headers = tuple[tuple[str, str], ...]

_STATUS = re.compile(r"[2-5][0-9][0-9]")  # below, another answer would have to follow
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TEXT_TYPES = frozenset({"application/json", "application/javascript", "application/xml"})


@dataclass(frozen=True)
class HttpRequest:
    """One request. ``path`` and ``query`` as they came in the request line; ``headers`` in order, with repetitions."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"

    def header(self, name: str) -> str:
        """The value of a header whatever its case; repetitions joined by commas, empty where there is none."""
        return ",".join(value for key, value in self.headers if key.lower() == name.lower())

    def parameters(self) -> dict[str, list[str]]:
        """The query's parameters, decoded, each with all its values."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found

    def is_text(self) -> bool:
        """Whether the body goes into an event as it is: its type is text, JSON, JavaScript or XML."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        return kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(("+json", "+xml"))

    def event_body(self) -> tuple[str, bool]:
        """The body for an event, and whether it is in base64."""
        if self.is_text() or not self.body:
            try:
                return self.body.decode(), False
            except UnicodeDecodeError:
                pass
        return base64.b64encode(self.body).decode(), True


@dataclass(frozen=True)
class HttpResponse:
    """One response, as it goes to the client."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of a header whatever its case; None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class MalformedResponse(ValueError):
    """What a handler returned is no response in the form that its caller expects."""


def json_response(status: int, document: Json, *headers: tuple[str, str]) -> HttpResponse:
    """A response with a JSON document."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return HttpResponse(status, (("Content-Type", "application/json"), *headers), body)


def status_of(payload: Mapping[str, Json]) -> int:
    """The status of a handler's answer: a number, or one written as text. Raises ``MalformedResponse``."""
    given = payload.get("statusCode")
    if isinstance(given, bool) or not isinstance(given, int | str) or not _STATUS.fullmatch(str(given)):
        raise MalformedResponse(f"there is no status {given!r}")
    return int(given)


def single_headers(given: Json) -> list[tuple[str, str]]:
    """The headers of a handler's answer, one value each. Raises ``MalformedResponse``."""
    if given is None:
        return []
    if not isinstance(given, dict) or any(isinstance(value, dict | list) for value in given.values()):
        raise MalformedResponse("headers is not an object of single values")
    return [_header(name, value) for name, value in given.items() if value is not None]


def multi_headers(given: Json) -> list[tuple[str, str]]:
    """The multiValueHeaders of a handler's answer. Raises ``MalformedResponse``."""
    if given is None:
        return []
    if not isinstance(given, dict) or not all(isinstance(values, list) for values in given.values()):
        raise MalformedResponse("multiValueHeaders is not an object of lists")
    return [_header(name, value) for name, values in given.items() for value in values]


def cookies_of(payload: Mapping[str, Json]) -> list[tuple[str, str]]:
    """The cookies of a handler's answer as headers. Raises ``MalformedResponse``."""
    given = payload.get("cookies")
    if given is None:
        return []
    if not isinstance(given, list):
        raise MalformedResponse("cookies is not a list")
    return [_header("Set-Cookie", value) for value in given]


def _header(name: str, value: Json) -> tuple[str, str]:
    """One header, which must be able to stand in a response: no line ends, no characters beyond Latin-1."""
    text = value if isinstance(value, str) else json.dumps(value)
    if not _HEADER_NAME.fullmatch(name) or any(ord(one) < 32 or ord(one) > 255 for one in text):
        raise MalformedResponse(f"{name!r} is no header")
    return name, text


def body_of(payload: Mapping[str, Json], *, decode: bool = True) -> bytes:
    """The body of a handler's answer; base64 is decoded where the answer says so. Raises ``MalformedResponse``."""
    body = payload.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse("body is not a text")
    if not (decode and payload.get("isBase64Encoded") is True):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedResponse("body is not base64") from error


def with_default(headers: Iterable[tuple[str, str]], name: str, value: str) -> Headers:
    """The headers, and ``name`` where it is not among them."""
    given = tuple(headers)
    return given if any(key.lower() == name.lower() for key, _ in given) else (*given, (name, value))
