"""What goes through the gate, as the gate sees it: requests with a signature's scope, from clients without sockets."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from tutor.region.api.message import Headers, HttpRequest, HttpResponse
from tutor.region.call import ADMINISTRATOR, Caller

Sender = Callable[[HttpRequest, Caller], HttpResponse]
_making = Lock()


@dataclass(frozen=True)
class Scope:
    """For which service and AWS region a request was signed, and by which key."""

    access_key: str
    aws_region: str
    service: str

    def header(self) -> str:
        """A signature of this scope that is never verified: it only tells moto where the request belongs."""
        credential = f"{self.access_key}/20000101/{self.aws_region}/{self.service}/aws4_request"
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=none"


@cache
def _session() -> Any:
    from boto3.session import Session

    return Session()


def in_process_client(
    service: str,
    aws_region: str,
    answer: Callable[[HttpRequest], HttpResponse],
    access_key: str = "AKIAIOSFODNN7EXAMPLE",
    *,
    validate: bool = True,
) -> Any:
    """A boto3 client whose requests are answered by ``answer`` in this process, without sockets, signing or retries.

    Safe for threads, like every client. Making one takes some milliseconds: keep it.
    """
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        signature_version=UNSIGNED, retries={"total_max_attempts": 1}, parameter_validation=validate, user_agent="tutor"
    )
    with _making:
        client = _session().client(service, region_name=aws_region, endpoint_url=None, config=config)
    scope = Scope(access_key, aws_region, client.meta.service_model.signing_name)

    def send(request: Any, **_: Any) -> Any:
        return _answered(request, answer(_request(request, scope)))

    client.meta.events.register_first(f"before-send.{client.meta.service_model.service_id.hyphenize()}", send)
    return client


def _request(request: Any, scope: Scope) -> HttpRequest:
    url = urlsplit(request.url)
    fields = [
        (name, value.decode() if isinstance(value, bytes) else str(value)) for name, value in request.headers.items()
    ]
    named = Headers([*fields, ("host", url.netloc), ("authorization", scope.header())])
    return HttpRequest(request.method, url.path or "/", url.query, named, _body(request.body))


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read())


class _Raw(io.BytesIO):
    """A body as botocore reads one."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield from iter(lambda: self.read(65536), b"")


class _Pieces:
    """A body that comes piece by piece."""

    def __init__(self, pieces: Any) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, amount: int | None = None, **_: Any) -> bytes:
        while amount is None or amount < 0 or len(self._rest) < amount:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        taken = len(self._rest) if amount is None or amount < 0 else amount
        data, self._rest = self._rest[:taken], self._rest[taken:]
        return data

    def stream(self, *_: Any, **__: Any) -> Any:
        yield from iter(lambda: next(self._pieces, b""), b"")

    def close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


def _answered(request: Any, response: HttpResponse) -> Any:
    from botocore.awsrequest import AWSResponse

    raw = _Raw(response.body) if isinstance(response.body, bytes) else _Pieces(response.body)
    headers = Headers(response.headers)
    return AWSResponse(request.url, response.status, headers, raw)


def as_administrator(send: Sender) -> Callable[[HttpRequest], HttpResponse]:
    """``send`` for one who may do everything."""
    return lambda request: send(request, ADMINISTRATOR)
