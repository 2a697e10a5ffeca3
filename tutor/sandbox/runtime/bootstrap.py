"""The Python runtime inside an environment: import the handler's module, then one event after another.

It is loaded once into the zygote and forked with it; it speaks over descriptor 3 with the tutor outside. Nothing that
happens in here is trusted there: limits, times and verdicts are made outside.
Behaviour follows the error documents and log lines of AWS's own runtime client (developer guide, python-handler).
Few files, because their names are taken from the learner's modules.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # the C module: the other wraps each number in an object
import _sitebuiltins
import atexit
import builtins
import importlib
import io
import json
import os
import sys
import time
import traceback

from bootstrap_answer import encoder  # type: ignore[import-not-found] # beside it in /var/runtime
from bootstrap_line import Channel, decode  # type: ignore[import-not-found] # beside it in /var/runtime
from bootstrap_log import Log, Request, flush, text_of  # type: ignore[import-not-found]

_HELD_BACK = _signal.valid_signals() - {_signal.SIGTERM}  # between events: like all else, they wait for the next

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from bootstrap_http import HttpChannel  # type: ignore[import-not-found]


class FunctionFailure(Exception):
    """A failure that has an error document of Lambda's own making."""

    def __init__(self, error_type: str, message: str, trace: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.document = {
            "errorMessage": message,
            "errorType": error_type,
            "requestId": "",
            "stackTrace": list(trace),
        }


def _frames(error: BaseException) -> list[str]:
    """The stack trace as a list of strings, without the frames of this file."""
    frames: list[Any] = [
        (frame.filename, frame.lineno, frame.name, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__
    ]
    return traceback.format_list(frames)


def _document(error: BaseException, request_id: str) -> dict[str, Any]:
    if isinstance(error, FunctionFailure):
        return dict(error.document, requestId=request_id)
    return {
        "errorMessage": text_of(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": _frames(error),
    }


def load_handler(name: str) -> Callable[[Any, LambdaContext], Any]:
    """The handler function that ``name`` (module path, last dot, function) stands for. Raises ``FunctionFailure``."""
    try:
        path, function = name.rsplit(".", 1)
    except ValueError as error:
        raise FunctionFailure("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error)) from None
    module_name = path.replace("/", ".")
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = "Cannot use built-in module %s as a handler module" % path
        raise FunctionFailure("Runtime.BuiltInModuleConflict", message)
    module = _import(path, module_name)
    try:
        handler: Callable[[Any, LambdaContext], Any] = getattr(module, function)
    except AttributeError:
        message = "Handler '%s' missing on module '%s'" % (function, path)
        raise FunctionFailure("Runtime.HandlerNotFound", message) from None
    return handler


def _import(path: str, module_name: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except ImportError as error:
        message = "Unable to import module '%s': %s" % (path, error)
        raise FunctionFailure("Runtime.ImportModuleError", message, _frames(error)) from error
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, (error.text or "").strip())]
        message = "Syntax error in module '%s': %s" % (path, error)
        raise FunctionFailure("Runtime.UserCodeSyntaxError", message, trace) from error


class CognitoIdentity:
    """Who called, where the caller came through Cognito."""

    def __init__(self, cognito_identity_id: str | None = None, cognito_identity_pool_id: str | None = None) -> None:
        self.cognito_identity_id = cognito_identity_id
        self.cognito_identity_pool_id = cognito_identity_pool_id

    def __repr__(self) -> str:
        return "CognitoIdentity([cognito_identity_id=%s,cognito_identity_pool_id=%s])" % (
            self.cognito_identity_id,
            self.cognito_identity_pool_id,
        )


class Client:
    """The ``client`` part of a mobile SDK's client context."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    """What a direct caller passed as ClientContext."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.custom = values.get("custom")
        self.env = values.get("env")
        self.client = Client(values.get("client") or {})


class LambdaContext:
    """The second argument of a handler, with every member of today's runtime."""

    def __init__(self, header: Mapping[str, Any], log: Log) -> None:
        self._log = log
        self.aws_request_id = header["id"]
        self.invoked_function_arn = header["arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.tenant_id = header.get("tenant_id")
        self.identity = _identity(header.get("cognito_identity"))
        self.client_context = _client_context(header.get("client_context"))
        self._deadline_ms = header["deadline_ms"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the timeout, never negative."""
        return max(int(self._deadline_ms - time.time() * 1000), 0)

    def log(self, message: object) -> None:
        """Write to the log as it is."""
        self._log.write(str(message))

    def w3c(self) -> dict[str, str]:
        """W3C trace context, where the caller passed one."""
        return {}

    def __repr__(self) -> str:
        return "LambdaContext([aws_request_id=%s,function_name=%s,function_version=%s,memory_limit_in_mb=%s])" % (
            self.aws_request_id,
            self.function_name,
            self.function_version,
            self.memory_limit_in_mb,
        )


def _identity(text: str | None) -> CognitoIdentity:
    """Who called through Cognito, from JSON; nobody where it says nothing."""
    if not text:
        return CognitoIdentity()
    found = json.loads(text)
    return CognitoIdentity(found.get("cognitoIdentityId"), found.get("cognitoIdentityPoolId"))


def _client_context(text: str | None) -> ClientContext | None:
    """From the JSON that a direct caller passed. Raises ``FunctionFailure`` where it is none."""
    if not text:
        return None
    try:
        return ClientContext(json.loads(text))
    except (ValueError, AttributeError, RecursionError) as error:
        message = "Unable to parse Client Context JSON: %s" % error
        raise FunctionFailure("Runtime.LambdaContextUnmarshalError", message) from error


def _trace(identifier: str | None) -> None:
    """Let tracing libraries find the X-Ray trace of this event, and none of an earlier one."""
    if identifier:
        os.environ["_X_AMZN_TRACE_ID"] = identifier
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def _encode(value: Any) -> bytes:
    """How a return value becomes JSON text, as bytes. ``bytes`` pass as they are."""
    if isinstance(value, bytes):
        return value
    try:
        text: str = _to_json(value)
    except (TypeError, ValueError, RecursionError) as error:
        message = "Unable to marshal response: %s" % error
        raise FunctionFailure("Runtime.MarshalError", message) from error
    return text.encode("utf-8", "surrogatepass")


_to_json = encoder(ascii_only=sys.version_info < (3, 12))


def _decode(body: bytes) -> Any:
    try:
        return decode(body)
    except ValueError as error:
        raise FunctionFailure("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error) from error


def _prepare_interpreter() -> None:
    """Paths, streams and built-ins as in the managed runtime; output goes out at once: a kill loses none of it."""
    version = "python%d.%d" % sys.version_info[:2]
    library = [path for path in sys.path if path.startswith("/var/lang")]
    given = [path for path in os.environ.get("PYTHONPATH", "").split(":") if path and path != "/var/runtime"]
    layers = ["/opt/python/lib/%s/site-packages" % version, "/opt/python"]
    sys.path[:] = ["/var/task", *given, *layers, "/var/runtime", *library]
    sys.path_importer_cache.clear()
    for folder in ("/var/task", *layers):
        _read_path_files(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = _stream(number)
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), "utf-8")  # type: ignore[misc]
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D (i.e. EOF)"))
    builtins.help = _sitebuiltins._Helper()


def _read_path_files(folder: str) -> None:
    """Add to the path what the folder's ``.pth`` files say: it is a site directory, as in the managed runtime."""
    try:
        found = any(name.endswith(".pth") for name in os.listdir(folder))
    except OSError:
        return
    if found:
        import site

        site.addsitedir(folder)


def _stream(descriptor: int) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)


def _initialise(channel: Channel | HttpChannel, log: Log) -> Callable[[Any, LambdaContext], Any]:
    """Load the handler; a failure is told, logged, and ends the process with code 1."""
    try:
        return load_handler(os.environ["_HANDLER"])
    except Exception as error:
        document = _document(error, "")
        log.warn("LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.")
        log.error(document)
        header = {"kind": "init_error", "ready": True, "type": document["errorType"]}
        channel.send(header, json.dumps(document).encode())
        sys.exit(1)


def _go_through_snapshot(channel: Channel | HttpChannel, log: Log) -> None:
    """Run the hooks that go before a snapshot, wait to be restored, and run those that go after it."""
    hooks = sys.modules.get("snapshot_restore_py")
    told = {"kind": "init_error", "ready": True}
    code, name = 64, "Runtime.BeforeSnapshotError"
    try:
        while hooks is not None and hooks.get_before_snapshot():
            call, arguments, named = hooks.get_before_snapshot().pop()
            call(*arguments, **named)
        identifier = channel.wait_in_snapshot()
        told = {"kind": "restore_error", "id": identifier}
        code, name = 65, "Runtime.AfterRestoreError"
        while hooks is not None and hooks.get_after_restore():
            call, arguments, named = hooks.get_after_restore().pop(0)
            call(*arguments, **named)
    except Exception as error:
        document = dict(_document(error, ""), errorType=name)
        log.error(document)
        channel.send(dict(told, type=name), json.dumps(document).encode())
        sys.exit(code)
    channel.send({"kind": "restored", "id": identifier})


def _handle(
    channel: Channel | HttpChannel,
    log: Log,
    handler: Callable[[Any, LambdaContext], Any],
    header: Mapping[str, Any],
    body: bytes,
) -> None:
    """One event. ``SystemExit`` is not caught: it ends the runtime, as in Lambda."""
    Request.id, Request.tenant_id = header["id"], header.get("tenant_id")
    _trace(header.get("trace_id"))
    try:
        answer = _encode(handler(_decode(body), LambdaContext(header, log)))
        reply = {"kind": "response", "id": header["id"]}
    except Exception as error:
        document = _document(error, header["id"])
        log.error(document)
        answer = json.dumps(document, ensure_ascii=sys.version_info < (3, 12)).encode("utf-8", "surrogatepass")
        reply = {"kind": "error", "id": header["id"], "type": document["errorType"]}
    flush()
    channel.send(reply, answer)


def main(channel: Channel | HttpChannel | None = None) -> None:
    """Serve until the supervisor ends the process."""
    channel = channel or Channel(3)
    _prepare_interpreter()
    log = Log(_stream(1))
    log.prepare()
    handler = _initialise(channel, log)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        _go_through_snapshot(channel, log)
    else:
        channel.send({"kind": "ready", "ready": True})
    while True:
        kept = _signal.pthread_sigmask(_signal.SIG_BLOCK, _HELD_BACK)
        header, body = channel.receive()
        _signal.pthread_sigmask(_signal.SIG_SETMASK, kept)
        _handle(channel, log, handler, header, body)


def live() -> None:
    """Serve, and end as an interpreter ends: threads joined, exit functions run, the code that was asked for."""
    try:
        main()
    except SystemExit as end:
        code = _exit_code(end.code)
    except BaseException:  # the interpreter's own last resort, which a forked process has to be its own
        traceback.print_exc()
        code = 1
    else:
        code = 0
    threads = sys.modules.get("threading")
    if threads is not None:
        threads._shutdown()
    atexit._run_exitfuncs()
    os._exit(code)


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write("%s\n" % (code,))
    return 1


if __name__ == "__main__":
    import bootstrap_http

    main(bootstrap_http.HttpChannel())
