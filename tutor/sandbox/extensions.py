"""The Extensions API (2020-01-01) of one environment: what its extensions ask, and when each is told of an event.

Requests come in the server's thread; events and ends of processes come from the thread that serves the environment. The
rules are those of ``awslambda.extension``; here are the long polls, and the word to the phase that something changed.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

from tutor.awslambda.extension import Event, Extension, Extensions, ShutdownReason, Step
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError
from tutor.sandbox.api_server import Api
from tutor.sandbox.bell import Bell
from tutor.sandbox.http_request import Request
from tutor.sandbox.wire import Message

_PREFIX = "/2020-01-01/extension/"
_LONGEST_BODY = 1 << 16
_LONGEST_NAME = 128
_ACCEPTED = b'{"status":"OK"}\n'


class Reply(Protocol):
    """An answer that is owed."""

    def send(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answer, once."""
        ...

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Answer with an error document."""
        ...


class ExtensionsApi(Api):
    """The extensions of one generation of processes, from its INIT to its end.

    ``changed`` rings when something has changed since ``look`` was called. ``soon`` has the server's thread do
    something. Safe for threads.
    """

    prefix = _PREFIX

    def __init__(
        self, configuration: FunctionConfiguration, quotas: Quotas, soon: Callable[[Callable[[], None]], None]
    ) -> None:
        self._configuration = configuration
        self._lock = threading.RLock()
        self._extensions = Extensions(quotas.extensions_max)
        self._waiting: dict[str, Reply] = {}
        self._shutdown: dict[str, Any] | None = None
        self._ended: set[str] = set()
        self.changed = Bell()
        self._soon = soon

    def close(self) -> None:
        """Give the bell back; nothing is told any more."""
        self.changed.close()

    @property
    def extensions(self) -> Extensions:
        """All of them, as they stand now."""
        return self._extensions

    def look(self) -> Extensions:
        """All of them, as they stand now; ``changed`` is quiet until the next change."""
        self.changed.hush()
        return self._extensions

    def _set(self, extensions: Extensions) -> None:
        self._extensions = extensions
        self.changed.ring()

    # What the thread that serves the environment tells.

    def started(self, names: Sequence[str]) -> None:
        """The processes of these external extensions are about to be started."""
        with self._lock:
            for name in names:
                self._set(self._extensions.started(name, str(uuid4())))

    def launch_failed(self, name: str) -> None:
        """The process of an external extension could not be started."""
        self._step_by_name(name, Step.LAUNCH_FAILED)

    def exited(self, name: str) -> None:
        """The process of an external extension has ended."""
        with self._lock:
            self._ended.add(name)
            self._step_by_name(name, Step.EXIT)

    def _step_by_name(self, name: str, step: Step) -> None:
        with self._lock:
            found = self._extensions.named(name)
            if found is not None:
                self._set(self._extensions.after(found.identifier, step))

    def close_registration(self) -> None:
        """INIT is over."""
        with self._lock:
            self._extensions = self._extensions.close()

    def invoke(self, event: Mapping[str, Any]) -> None:
        """Tell of an invocation: ``event`` has ``id``, ``arn``, ``deadline_ms`` and perhaps ``trace_id``."""
        document = {
            "eventType": "INVOKE",
            "deadlineMs": int(event["deadline_ms"]),
            "requestId": event["id"],
            "invokedFunctionArn": event["arn"],
            "tracing": {"type": "X-Amzn-Trace-Id", "value": event.get("trace_id") or _trace_id()},
        }
        with self._lock:
            self._tell(Event.INVOKE, document)

    def shut_down(self, reason: ShutdownReason, limit_ms: float) -> None:
        """Tell of the end, now or as soon as each asks for its next event."""
        deadline = int(time.time() * 1000 + limit_ms)
        with self._lock:
            self._shutdown = {"eventType": "SHUTDOWN", "shutdownReason": reason.value, "deadlineMs": deadline}
            self._tell(Event.SHUTDOWN, self._shutdown)

    @property
    def leaving(self) -> tuple[str, ...]:
        """Names of the external extensions that want to hear of SHUTDOWN and whose processes still run."""
        return tuple(
            member.name
            for member in self._extensions.members
            if member.external and Event.SHUTDOWN in member.events and member.name not in self._ended
        )

    def _tell(self, event: Event, document: Mapping[str, Any]) -> None:
        waiting = {member.identifier for member in self._extensions.members if event in member.events}
        self._extensions = self._extensions.told(event)
        for identifier in waiting & self._waiting.keys():
            self._send_event(self._waiting.pop(identifier), document)

    def _send_event(self, reply: Reply, document: Mapping[str, Any]) -> None:
        body = json.dumps(document).encode()
        headers = {"Lambda-Extension-Event-Identifier": str(uuid4())}
        self._soon(lambda: reply.send(200, body, headers))

    # What the extensions ask, in the server's thread.

    def keep(self, request: Request) -> int:
        """Bodies are short."""
        del request
        return _LONGEST_BODY

    def hear(self, message: Message) -> None:
        """The runtime's events are not for extensions: they get their own."""

    def handle(self, request: Request, reply: Reply) -> None:
        """One call of an extension."""
        calls: dict[tuple[str, str], Callable[[Request, Reply], None]] = {
            ("POST", "register"): self._register,
            ("GET", "event/next"): self._next,
            ("POST", "init/error"): self._init_error,
            ("POST", "exit/error"): self._exit_error,
        }
        call = calls.get((request.method, request.path.removeprefix(_PREFIX).split("?")[0]))
        if call is None:
            reply.send(404, b"404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        try:
            with self._lock:
                call(request, reply)
        except ServiceError as refused:
            reply.refuse(403, refused.code, refused.message)

    def caller(self, request: Request) -> Extension:
        """The extension that makes this request. Raises ``ServiceError``."""
        return self._extensions.known(request.headers.get("lambda-extension-identifier", ""))

    def _register(self, request: Request, reply: Reply) -> None:
        name = request.headers.get("lambda-extension-name", "")[:_LONGEST_NAME]
        self._set(self._extensions.registered(name, str(uuid4()), _events(request.body)))
        extension = self._extensions.named(name)
        document = {
            "functionName": self._configuration.function_name,
            "functionVersion": self._configuration.version,
            "handler": self._configuration.handler,
        }
        features = request.headers.get("lambda-extension-accept-feature", "").split(",")
        if "accountId" in (feature.strip() for feature in features):
            document["accountId"] = self._configuration.arn.split(":")[4]
        identifier = extension.identifier if extension else ""
        reply.send(200, json.dumps(document).encode(), {"Lambda-Extension-Identifier": identifier})

    def _next(self, request: Request, reply: Reply) -> None:
        caller = self.caller(request)
        self._set(self._extensions.after(caller.identifier, Step.NEXT))
        if self._shutdown is not None and Event.SHUTDOWN in caller.events:
            self._extensions = self._extensions.after(caller.identifier, Step.EVENT)
            self._send_event(reply, self._shutdown)
        else:
            self._waiting[caller.identifier] = reply

    def _init_error(self, request: Request, reply: Reply) -> None:
        self._error(request, reply, Step.INIT_ERROR)

    def _exit_error(self, request: Request, reply: Reply) -> None:
        self._error(request, reply, Step.EXIT_ERROR)

    def _error(self, request: Request, reply: Reply, step: Step) -> None:
        caller = self.caller(request)
        error_type = request.headers.get("lambda-extension-function-error-type", "")[:_LONGEST_NAME]
        if not error_type:
            raise ServiceError("Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
        self._set(self._extensions.after(caller.identifier, step, error_type))
        reply.send(202, _ACCEPTED)


def _events(body: bytes) -> list[str]:
    """The events that a registration asks for. Raises ``ServiceError`` for what is no registration."""
    try:
        document = json.loads(body or b"{}")
        events = document.get("events") or []
        if isinstance(events, list):
            return [str(event) for event in events]
    except (ValueError, AttributeError, RecursionError):
        pass
    raise ServiceError("InvalidRequestFormat", 'The body is no registration: it looks like {"events": ["INVOKE"]}')


def _trace_id() -> str:
    """A trace header of a request that is not sampled, in the form of X-Ray."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"
