"""The Runtime API as a line: how the Python runtime gets events and answers where it was started as a program.

That is so behind a wrapper (``AWS_LAMBDA_EXEC_WRAPPER``): then no descriptor leads to the tutor, and the runtime asks
over HTTP like everybody else's. Source: developer guide, runtimes-api.
"""

from __future__ import annotations

import http.client
import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_BASE = "/2018-06-01/runtime/"
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_HEADERS = {
    "arn": "Lambda-Runtime-Invoked-Function-Arn",
    "trace_id": "Lambda-Runtime-Trace-Id",
    "client_context": "Lambda-Runtime-Client-Context",
    "cognito_identity": "Lambda-Runtime-Cognito-Identity",
    "tenant_id": "Lambda-Runtime-Aws-Tenant-Id",
}


class HttpChannel:
    """What ``bootstrap.Channel`` is, over HTTP."""

    def __init__(self) -> None:
        self._connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Wait for the next event: (header, body)."""
        answer, body = self._call("GET", "invocation/next")
        header = {name: answer.headers[field] for name, field in _HEADERS.items() if answer.headers[field]}
        deadline = float(answer.headers["Lambda-Runtime-Deadline-Ms"])
        return {"id": answer.headers["Lambda-Runtime-Aws-Request-Id"], "deadline_ms": deadline, **header}, body

    def wait_in_snapshot(self) -> None:
        """Tell that a snapshot can be taken, and wait to be restored."""
        self._call("GET", "restore/next")

    def send(self, header: Mapping[str, Any], body: bytes = b"") -> None:
        """Send one message whole. That the runtime is ready is told by its asking for an event."""
        kind = header["kind"]
        if kind == "response":
            self._call("POST", "invocation/%s/response" % header["id"], body)
        elif kind == "error":
            self._call("POST", "invocation/%s/error" % header["id"], body, {_ERROR_TYPE: header["type"]})
        elif kind == "restore_error":
            self._call("POST", "restore/error", body, {_ERROR_TYPE: header["type"]})
        elif kind == "init_error":
            self._call("POST", "init/error", body, {_ERROR_TYPE: header["type"]})

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, _BASE + path, body, dict(headers or {}))
        answer = self._connection.getresponse()
        found = answer.read()
        if answer.status >= 500 or (method == "GET" and answer.status != 200):
            raise ConnectionError("%s %s: %s %s" % (method, path, answer.status, json.dumps(found.decode())))
        return answer, found
