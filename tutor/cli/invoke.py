"""``tutor invoke``: run a handler in the sandbox and print what came back."""

import argparse
import base64
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.awslambda.function import FunctionConfiguration
    from tutor.awslambda.invocation import Invocation
    from tutor.awslambda.quotas import Quotas

_MOST_AT_A_TIME = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags, with AWS's names."""
    parser.add_argument("target", metavar="TARGET", help="a handler's file, its folder, or a zip")
    parser.add_argument("--handler", metavar="M.F", help="module and function, such as lambda_function.lambda_handler")
    parser.add_argument("--event", default="{}", metavar="JSON|@FILE|-", help="the event: JSON, @FILE, or - for stdin")
    parser.add_argument("--memory-size", type=int, metavar="MB", help="memory of the function (default 128)")
    parser.add_argument("--timeout", type=int, metavar="S", help="timeout in seconds (default 3)")
    parser.add_argument("--ephemeral-storage", type=int, metavar="MB", help="size of /tmp (default 512)")
    parser.add_argument("--env", action="append", default=[], metavar="K=V", help="an environment variable; repeatable")
    parser.add_argument("--layer", action="append", default=[], metavar="PATH", help="a layer: folder or zip")
    parser.add_argument("--runtime", metavar="ID", help="a runtime identifier such as python3.13")
    parser.add_argument("--network", choices=("none", "public"), default="none", help="none (default) or public")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="invoke N times in one warm environment")
    parser.add_argument("--interval", type=float, default=0.0, metavar="S", help="seconds between invocations")
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="up to N at a time")
    parser.add_argument("--json", action="store_true", help="one JSON object per invocation on stdout")


def run(arguments: argparse.Namespace) -> int:
    """0 when every invocation succeeded, 1 when one of them has a FunctionError."""
    from tutor.cli.runtime import chosen_runtime
    from tutor.usecases.invoke_function import InvokeFunction, Times, default_handler
    from tutor.wiring import Tutor

    _check(arguments)
    text = _event_text(arguments.event)
    event = _parsed(text)
    target = Path(arguments.target)
    handler = arguments.handler or default_handler(target)
    tutor = Tutor()
    quotas = tutor.quotas
    functions = tutor.public_functions if arguments.network == "public" else tutor.functions
    use_case = InvokeFunction(functions, quotas)
    use_case.check_request(text)
    runtime = chosen_runtime(arguments.runtime, tutor)
    configuration = _configuration(arguments, handler, quotas, runtime)
    _tell_missing(target, runtime)
    failed = False
    times = Times(arguments.count, arguments.concurrency, arguments.interval)
    layers = [Path(layer) for layer in arguments.layer]
    told: tuple[str, ...] = ()
    for invocation in use_case.run(target, configuration, event, times, layers):
        for note in invocation.notes if invocation.notes != told else ():
            print(f"tutor: {note}", file=sys.stderr)
        told = invocation.notes
        _print(invocation, arguments.json, quotas)
        failed = failed or invocation.function_error is not None
    return 1 if failed else 0


def _tell_missing(target: Path, runtime: str) -> None:
    """Say which packages a folder's requirements.txt asks for that it does not have, and what would put them in."""
    from tutor.usecases.build_package import missing_packages

    missing = missing_packages(target, runtime) if target.is_dir() and runtime.startswith("python") else []
    if missing:
        what = f"{', '.join(missing)}, not in {str(target)!r}"
        cure = f"tutor package {shlex.quote(str(target))} -o function.zip && tutor invoke function.zip"
        print(f"tutor: requirements.txt asks for {what}. Build a package with it: {cure}", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be, and what cannot be yet."""
    if arguments.count < 1:
        raise UsageError(f"--count is {arguments.count}: it must be 1 or more.")
    if not 1 <= arguments.concurrency <= _MOST_AT_A_TIME:
        raise UsageError(f"--concurrency is {arguments.concurrency}: it must be from 1 to {_MOST_AT_A_TIME}.")
    if not 0 <= arguments.interval <= 86_400:
        raise UsageError(f"--interval is {arguments.interval}: give seconds, from 0 to 86400.")


def _event_text(given: str) -> bytes:
    """The event's bytes: from the argument, a file (@FILE) or standard input (-)."""
    if given == "-":
        return sys.stdin.buffer.read()
    if given.startswith("@"):
        try:
            return Path(given[1:]).read_bytes()
        except OSError as error:
            raise UsageError(f"The event's file {given[1:]!r} cannot be read: {error.strerror}.") from None
    return given.encode("utf-8", "surrogateescape")


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(
            f"The event is no JSON: {reason}. Give JSON (text needs double quotes), @FILE for a file, or - for stdin."
        ) from None


def _no_json(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")


def _configuration(
    arguments: argparse.Namespace, handler: str, quotas: "Quotas", runtime: str
) -> "FunctionConfiguration":
    from tutor.awslambda.function import FunctionConfiguration

    def chosen(value: int | None, default: int) -> int:
        return default if value is None else value

    return FunctionConfiguration(
        handler=handler,
        memory_size=chosen(arguments.memory_size, quotas.memory_size_default),
        timeout=chosen(arguments.timeout, quotas.timeout_default),
        ephemeral_storage=chosen(arguments.ephemeral_storage, quotas.ephemeral_storage_default),
        runtime=runtime,
        environment=dict(_variable(pair) for pair in arguments.env),
    )


def _variable(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals or not name:
        raise UsageError(f"--env {pair!r} is no KEY=VALUE.")
    if any(0xD800 <= ord(letter) < 0xE000 for letter in pair):
        raise UsageError(f"--env {pair!r} is no UTF-8 text.")
    return name, value


def _print(invocation: "Invocation", as_json: bool, quotas: "Quotas") -> None:
    if as_json:
        print(json.dumps(as_line(invocation, quotas.log_tail)), flush=True)
        return
    from tutor.usecases.visible_text import visible

    print(visible("\n".join(invocation.log_lines)), file=sys.stderr, flush=True)
    print(visible(json.dumps(invocation.payload, indent=2, ensure_ascii=False)), flush=True)


def as_line(invocation: "Invocation", log_tail: int) -> dict[str, Any]:
    """The object that ``--json`` prints for one invocation; ``log_tail`` is the length of LogResult in bytes."""
    report = invocation.report
    log = "".join(f"{line}\n" for line in invocation.log_lines).encode("utf-8", "backslashreplace")
    found: dict[str, Any] = {
        "StatusCode": invocation.status_code,
        "FunctionError": invocation.function_error,
        "Payload": invocation.payload,
        "LogResult": base64.b64encode(log[-log_tail:]).decode(),
        "ExecutedVersion": invocation.executed_version,
        "Report": _given(
            {
                "RequestId": report.request_id,
                "DurationMs": report.duration_ms,
                "BilledDurationMs": report.billed_duration_ms,
                "MemorySizeMB": report.memory_size_mb,
                "MaxMemoryUsedMB": report.max_memory_used_mb,
                "InitDurationMs": report.init_duration_ms,
                "Status": report.status,
                "ErrorType": report.error_type,
            }
        ),
        "Enforcement": dict(invocation.enforcement),
    }
    if found["FunctionError"] is None:
        del found["FunctionError"]
    return found


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
