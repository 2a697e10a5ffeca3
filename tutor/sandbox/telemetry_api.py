"""The Telemetry API (2022-07-01): an extension subscribes, in INIT. The Logs API before it (2020-08-15) is declined."""

import json
from typing import Any

from tutor.awslambda.quotas import Quotas
from tutor.awslambda.telemetry import subscription
from tutor.errors import ServiceError
from tutor.sandbox.api_server import Api
from tutor.sandbox.extensions import ExtensionsApi, Reply
from tutor.sandbox.http_request import Request, refusal
from tutor.sandbox.telemetry import Telemetry
from tutor.sandbox.wire import Message

_LONGEST_BODY = 1 << 16


class TelemetryApi(Api):
    """Subscriptions of one generation of processes. ``taken`` are their names and types."""

    prefix = "/2022-07-01/telemetry"

    def __init__(self, telemetry: Telemetry, extensions: ExtensionsApi, quotas: Quotas) -> None:
        self._telemetry = telemetry
        self._extensions = extensions
        self._quotas = quotas
        self.taken: list[tuple[str, tuple[str, ...]]] = []

    def keep(self, request: Request) -> int:
        """Bodies are short."""
        del request
        return _LONGEST_BODY

    def hear(self, message: Message) -> None:
        """The runtime's events are not for extensions."""

    def handle(self, request: Request, reply: Reply) -> None:
        """One call of an extension: a subscription."""
        if request.method != "PUT":
            reply.send(404, b"404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        try:
            name = self._extensions.caller(request).name
        except ServiceError as refused:
            reply.refuse(403, refused.code, refused.message)
            return
        try:
            self._subscribe(name, _document(request.body), reply)
        except ServiceError as refused:
            reply.refuse(400, refused.code, refused.message)

    def _subscribe(self, name: str, document: Any, reply: Reply) -> None:
        if not self._telemetry.open:
            text = "Telemetry API subscription is closed already"
            reply.refuse(403, "Telemetry.SubscriptionClosed", text)
            return
        wanted = subscription(name, document, self._quotas)
        self._telemetry.subscribe(wanted)
        self.taken.append((name, wanted.types))
        reply.send(200, b'"OK"')


class LogsApi(Api):
    """The Telemetry API's predecessor: answered as AWS answers it in local testing environments."""

    prefix = "/2020-08-15/logs"

    def keep(self, request: Request) -> int:
        """Nothing of it matters."""
        del request
        return 0

    def hear(self, message: Message) -> None:
        """The runtime's events are not for extensions."""

    def handle(self, request: Request, reply: Reply) -> None:
        """One call: it is taken, and nothing comes of it."""
        del request
        reply.send(202, refusal("Logs.NotSupported", "Logs API is not supported; use the Telemetry API"))


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ServiceError("ValidationError", "the request should be a JSON object") from None
