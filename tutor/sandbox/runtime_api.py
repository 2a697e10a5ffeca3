"""The Runtime API (2018-06-01): what a runtime in an environment calls to get events and to give answers.

Here its calls become the messages that the tutor knows from its own runtime client, and the tutor's events become
answers. Sources: developer guide, runtimes-api and runtimes-custom; states and texts as AWS's emulator gives them.
"""

import base64
import binascii
import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from tutor.awslambda import failure
from tutor.sandbox.api_server import Api, Pace, Reply
from tutor.sandbox.http_request import Request
from tutor.sandbox.wire import Message

_PREFIX = "/2018-06-01/"
_MODE, _ERROR_TYPE = "lambda-runtime-function-response-mode", "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"
_SMALL = 1 << 16
_MOST_ANSWERS = 4  # bodies of full size that are kept for one invocation: an answer, and a few tries more
_LONGEST_NAME = 128

Tell = Callable[[Mapping[str, Any], bytes], None]
Streamed = Callable[[bytes, str], object]

_AFTER = {
    ("Started", "next"): "Ready",
    ("Started", "init_error"): "InitError",
    ("Started", "restore_next"): "RestoreReady",
    ("Restoring", "next"): "Ready",
    ("Restoring", "restore_error"): "RestoreError",
    ("Ready", "next"): "Ready",
    ("Running", "response"): "ResponseSent",
    ("Running", "error"): "ResponseSent",
    ("ResponseSent", "next"): "Ready",
}
"""The states of a runtime, and what it may call in each; an event makes ``Ready`` ``Running``.

A restore makes ``RestoreReady`` ``Restoring``.
"""

_AIMS = {
    "next": "Ready",
    "response": "InvocationResponse",
    "error": "InvocationErrorResponse",
    "init_error": "InitError",
    "restore_next": "RestoreReady",
    "restore_error": "RestoreError",
}


class RuntimeApi(Api):
    """One runtime's side of the API, from its start to its end.

    ``response_limit`` and ``streamed_limit`` are in bytes. ``snap_start``: whether it can be restored. ``pace`` is
    how fast a streamed answer may come, and ``streamed`` is given each piece of one at once, with the answer's content
    type. ``tell`` sends a message to the tutor, as the tutor's own runtime client does: ``ready``, ``init_error``,
    ``snapshot``, ``restored``, ``restore_error``, ``response``, ``error``. An answer is passed on when the runtime asks
    for its next event, for that is when Lambda's INVOKE phase ends.
    """

    prefix = _PREFIX

    def __init__(
        self,
        tell: Tell,
        response_limit: int,
        streamed_limit: int,
        *,
        snap_start: bool = False,
        pace: Pace | None = None,
        streamed: Streamed | None = None,
    ) -> None:
        self._tell = tell
        self._snap_start = snap_start
        self._pace = pace
        self._streamed = streamed
        self._truncated = False
        self._restore: Message | None = None
        self._limits = {False: response_limit, True: streamed_limit}
        self._state = "Started"
        self._waiting: deque[Reply] = deque()
        self._event: Message | None = None
        self._id = ""
        self._answer: tuple[dict[str, Any], bytes] | None = None
        self._answers = 0

    @property
    def answer(self) -> Message | None:
        """An answer that was given and not passed on, because the runtime did not ask for its next event."""
        if self._answer is None or self._truncated:
            return None
        return Message(dict(self._answer[0]), self._answer[1], len(self._answer[1]))

    def hear(self, message: Message) -> None:
        """An event from the tutor; it waits until the runtime asks."""
        if "restore" in message.header:
            self._restore = message
            self._state = "Restoring"
            while self._waiting:
                self._waiting.popleft().send(200)
        elif "deadline_ms" in message.header:
            self._event = message
            self._answers = 0
            self._truncated = False
            self._hand_out()

    def keep(self, request: Request) -> int:
        """A runtime's answer is kept up to its limit, and anything else only as far as it can matter."""
        parts = request.path.removeprefix(_PREFIX).split("/")
        if parts[-1] not in ("response", "error") or self._answers >= _MOST_ANSWERS:
            return _SMALL
        self._answers += 1
        return self._limits[_streams(request)]

    def pace(self, request: Request) -> Pace | None:
        """A streamed answer has its bandwidth."""
        return self._pace if _streams(request) else None

    def heard(self, request: Request, piece: bytes) -> None:
        """Pass a piece of the answer to this event on at once, where it is streamed."""
        if self._streamed is not None and self._answers_event(request) and _streams(request):
            self._streamed(piece, request.headers.get("content-type", ""))

    def cut_off(self, request: Request) -> None:
        """An answer of which the rest will not come is a failure of its own, unless the runtime ends with it."""
        if self._answers_event(request):
            self._truncated = True
            truncated = failure.truncated_response(self._id)
            self._close(_failure(self._id, str(truncated.error_type), json.dumps(truncated.document).encode()))

    def _answers_event(self, request: Request) -> bool:
        """Whether it is the answer to the event that the runtime works on."""
        ours = request.path.split("?")[0] == f"{_PREFIX}runtime/invocation/{self._id}/response"
        return ours and self._state == "Running"

    def handle(self, request: Request, reply: Reply) -> None:
        """One call of the runtime."""
        match (request.method, *request.path.removeprefix(_PREFIX).split("?")[0].split("/")):
            case ("GET", "runtime", "invocation", "next"):
                self._next(reply)
            case ("POST", "runtime", "invocation", request_id, "response"):
                self._respond(request, reply, request_id, "response")
            case ("POST", "runtime", "invocation", request_id, "error"):
                self._respond(request, reply, request_id, "error")
            case ("POST", "runtime", "init", "error"):
                self._init_error(request, reply)
            case ("GET", "runtime", "restore", "next") if self._snap_start:
                self._restore_next(reply)
            case ("POST", "runtime", "restore", "error") if self._snap_start:
                self._restore_error(request, reply)
            case _:
                reply.send(404, b"404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})

    def _may(self, call: str, reply: Reply) -> bool:
        """Whether the runtime may call this now; where not, it is told so."""
        if (self._state, call) in _AFTER:
            return True
        text = f"State transition from {self._state} to {_AIMS[call]} failed for runtime."
        reply.refuse(403, "InvalidStateTransition", f"{text} Error: State transition is not allowed")
        return False

    def _next(self, reply: Reply) -> None:
        if not self._may("next", reply):
            return
        before, self._state = self._state, _AFTER[self._state, "next"]
        self._waiting.append(reply)
        if before == "Started":
            self._tell({"kind": "ready", "ready": True}, b"")
        elif before == "Restoring" and self._restore is not None:
            self._tell({"kind": "restored", "id": self._restore.header["id"]}, b"")
        elif self._answer is not None:
            answer, self._answer = self._answer, None
            self._tell(*answer)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._event is not None and self._waiting:
            reply = self._waiting.popleft()
            if reply.alive:
                event, self._event = self._event, None
                self._id = str(event.header["id"])
                self._state = "Running"
                reply.send(200, event.body, _event_headers(event.header))

    def _respond(self, request: Request, reply: Reply, request_id: str, call: str) -> None:
        if not self._may(call, reply):
            return
        if request_id != self._id:
            reply.refuse(400, "InvalidRequestID", "Invalid request ID")
            return
        mode = request.headers.get(_MODE)
        if call == "response" and mode not in (None, "", "streaming"):
            self._close(_failure(self._id, "Runtime.InvalidResponseModeHeader", b"{}"))
            reply.refuse(400, "InvalidFunctionResponseMode", "Invalid function response mode")
            return
        limit = self._limits[_streams(request)]
        if request.size > limit:
            self._close(({"kind": "response", "id": self._id, "too_large": limit}, b""))
            text = f"Exceeded maximum allowed payload size ({limit} bytes)."
            reply.refuse(413, "RequestEntityTooLarge", text)
            return
        self._close(self._answered(request, call))
        reply.send(202, b'{"status":"OK"}\n')

    def _answered(self, request: Request, call: str) -> tuple[dict[str, Any], bytes]:
        """What the tutor is told: an answer, or an error, which a stream that has begun carries in its trailers."""
        if call == "error":
            return _failure(self._id, _error_type(request), request.body)
        if _ERROR_TYPE in request.trailers:
            body = _decoded(request.trailers.get(_ERROR_BODY, ""))
            return _failure(self._id, request.trailers[_ERROR_TYPE][:_LONGEST_NAME], body)
        return {"kind": "response", "id": self._id, "streamed": _streams(request)}, request.body

    def _close(self, answer: tuple[dict[str, Any], bytes]) -> None:
        self._answer = answer
        self._state = _AFTER[self._state, "response"]

    def _init_error(self, request: Request, reply: Reply) -> None:
        if not self._may("init_error", reply):
            return
        self._state = _AFTER[self._state, "init_error"]
        self._tell({"kind": "init_error", "ready": True, "type": _error_type(request)}, request.body)
        reply.send(202, b'{"status":"OK"}\n')  # afterwards, for it may end at once

    def _restore_next(self, reply: Reply) -> None:
        """The runtime may be made a snapshot of; it goes on when it is restored."""
        if self._may("restore_next", reply):
            self._state = _AFTER[self._state, "restore_next"]
            self._waiting.append(reply)
            self._tell({"kind": "snapshot", "ready": True}, b"")

    def _restore_error(self, request: Request, reply: Reply) -> None:
        if not self._may("restore_error", reply) or self._restore is None:
            return
        self._state = _AFTER[self._state, "restore_error"]
        header = {"kind": "restore_error", "id": self._restore.header["id"], "type": _error_type(request)}
        self._tell(header, request.body)
        reply.send(202, b'{"status":"OK"}\n')


def _streams(request: Request) -> bool:
    return request.headers.get(_MODE) == "streaming" and request.path.endswith("/response")


def _failure(request_id: str, error_type: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    return {"kind": "error", "id": request_id, "type": error_type}, body


def _error_type(request: Request) -> str:
    """The error's type from its header, else from its document."""
    named = request.headers.get(_ERROR_TYPE)
    if named is None:
        try:
            named = str(json.loads(request.body).get("errorType", ""))
        except (ValueError, AttributeError, RecursionError):
            named = ""
    return named[:_LONGEST_NAME] or "Function.Unknown"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return text.encode("latin-1", "replace")


def _event_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers of ``next``, those that have a value."""
    found = {
        "Lambda-Runtime-Aws-Request-Id": event["id"],
        "Lambda-Runtime-Trace-Id": event.get("trace_id"),
        "Lambda-Runtime-Client-Context": event.get("client_context"),
        "Lambda-Runtime-Cognito-Identity": event.get("cognito_identity"),
        "Lambda-Runtime-Invoked-Function-Arn": event["arn"],
        "Lambda-Runtime-Deadline-Ms": int(event["deadline_ms"]),
        "Lambda-Runtime-Aws-Tenant-Id": event.get("tenant_id"),
    }
    return {name: _text(value) for name, value in found.items() if value}


def _text(value: object) -> str:
    """A header's value: text as it is, anything else as JSON in ASCII."""
    return value if isinstance(value, str) else json.dumps(value)
