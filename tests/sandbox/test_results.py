"""What an invocation gives back: results and log lines as Lambda gives them, for successes and for every failure."""

import json
import re
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.awslambda.invocation import Invocation

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MS = r"\d+\.\d\d ms"


def shape(invocation: Invocation) -> list[str]:
    """The log with what differs from run to run replaced by its kind."""
    text = "\n".join(invocation.log_lines)
    for pattern, kind in (
        (UUID, "ID"),
        (MS, "MS"),
        (r"\d+ ms", "N ms"),
        (r"Used: \d+", "Used: N"),
        (r"[0-9a-f]{64}", "H"),
    ):
        text = re.sub(pattern, kind, text)
    return text.split("\n")


def platform(invocation: Invocation) -> list[str]:
    """First words of Lambda's own lines."""
    return [event.text.split()[0] for event in invocation.log if event.source == "platform"]


def test_a_cold_and_a_warm_start_tell_what_lambda_tells(create: Create) -> None:
    """Init Duration stands on the cold start only, and the log has Lambda's lines with their tabs."""
    function = create("print('module')\ndef handler(event, context):\n    print('handling')\n    return event\n")
    cold, warm = function.invoke({"n": 1}), function.invoke({"n": 2})
    version = (
        r"INIT_START Runtime Version: python:3\.\d+\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:H"
    )
    lines = shape(cold)
    assert re.fullmatch(version, lines[0])
    assert lines[1:] == [
        "module",
        "START RequestId: ID Version: $LATEST",
        "handling",
        "END RequestId: ID",
        "REPORT RequestId: ID\tDuration: MS\tBilled Duration: N ms\tMemory Size: 128 MB\tMax Memory Used: N MB\t"
        "Init Duration: MS\t",
    ]
    assert shape(warm) == [
        "START RequestId: ID Version: $LATEST",
        "handling",
        "END RequestId: ID",
        "REPORT RequestId: ID\tDuration: MS\tBilled Duration: N ms\tMemory Size: 128 MB\tMax Memory Used: N MB\t",
    ]
    assert (cold.payload, warm.payload) == ({"n": 1}, {"n": 2})
    assert (cold.cold, warm.cold) == (True, False)
    assert warm.report.init_duration_ms is None


def test_init_is_billed(create: Create) -> None:
    """Billed Duration is Duration and Init Duration together, rounded up to one millisecond."""
    report = create("def handler(event, context): pass").invoke({}).report
    assert report.init_duration_ms is not None
    assert 0 <= report.billed_duration_ms - (report.duration_ms + report.init_duration_ms) < 1


def test_state_and_tmp_survive_a_warm_start(create: Create) -> None:
    """Module state and /tmp are found again by the next event."""
    code = (
        "import os\ncalls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n"
        "    open('/tmp/kept', 'a').write('x')\n    return [calls, os.path.getsize('/tmp/kept')]\n"
    )
    function = create(code)
    assert [function.invoke({}).payload for _ in range(3)] == [[1, 1], [2, 2], [3, 3]]


def test_an_exception_is_an_error_document_and_leaves_the_environment(create: Create) -> None:
    """HTTP 200, Unhandled, the document's keys in order, one log event; the next event is a warm start."""
    code = (
        "class Custom(Exception): pass\ncalls = []\ndef handler(event, context):\n    calls.append(1)\n"
        "    if event: raise Custom('some error')\n    return len(calls)\n"
    )
    function = create(code)
    failed = function.invoke({"fail": True})
    assert (failed.status_code, failed.function_error) == (200, "Unhandled")
    assert list(failed.payload) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert failed.payload == {
        "errorMessage": "some error",
        "errorType": "Custom",
        "requestId": failed.report.request_id,
        "stackTrace": ["  File \"/var/task/app.py\", line 5, in handler\n    if event: raise Custom('some error')\n"],
    }
    assert failed.printed == (
        "[ERROR] Custom: some error\nTraceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/app.py", line 5, in handler\n'
        "\u00a0\u00a0\u00a0\u00a0if event: raise Custom('some error')",
    )
    assert failed.report.status is None
    assert function.invoke({}).payload == 2


def test_a_timeout_stops_the_function_and_resets_the_environment(create: Create) -> None:
    """Sandbox.Timedout and Status: timeout; what was printed is kept; then INIT again without Init Duration, /tmp kept."""
    code = (
        "import os, time\nstate = []\ndef handler(event, context):\n    state.append(1)\n"
        "    open('/tmp/kept', 'a').write('x')\n    print('before')\n    if event: time.sleep(30)\n"
        "    return [len(state), os.path.getsize('/tmp/kept')]\n"
    )
    function = create(code, timeout=1)
    function.invoke({})
    late = function.invoke({"sleep": True})
    request = late.report.request_id
    assert late.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request} Error: Task timed out after 1.00 seconds",
    }
    assert shape(late)[1:] == [
        "before",
        "END RequestId: ID",
        "REPORT RequestId: ID\tDuration: MS\tBilled Duration: N ms\tMemory Size: 128 MB\tMax Memory Used: N MB\t"
        "Status: timeout",
    ]
    assert (late.report.duration_ms, late.report.billed_duration_ms) == (1000.0, 1000)
    after = function.invoke({})
    assert after.payload == [1, 3]
    assert after.report.init_duration_ms is None
    assert [phase.name for phase in after.phases] == ["INVOKE"]


def test_out_of_memory_is_a_kill_that_no_code_can_catch(create: Create) -> None:
    """Runtime.OutOfMemory, Max Memory Used at the limit; neither except nor finally runs."""
    code = (
        "def handler(event, context):\n    try:\n        rows = [bytearray(1 << 20) for _ in range(400)]\n"
        "        return len(rows)\n    except BaseException:\n        print('caught')\n    finally:\n        print('finally')\n"
    )
    killed = create(code, timeout=30).invoke({})
    assert killed.error_type == "Runtime.OutOfMemory"
    assert (killed.report.status, killed.report.error_type) == ("error", "Runtime.OutOfMemory")
    assert killed.report.max_memory_used_mb == 128
    assert killed.printed == ()
    assert killed.log_lines[-1].endswith("Status: error\tError Type: Runtime.OutOfMemory")


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import sys; sys.exit()", "Runtime exited without providing a reason"),
        ("import os; os._exit(0)", "Runtime exited without providing a reason"),
        ("import sys; sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("import ctypes; ctypes.string_at(0)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_a_runtime_that_ends_is_an_exit_error(create: Create, code: str, ending: str) -> None:
    """However the process ends, the caller gets Runtime.ExitError with how; what was printed is kept."""
    ended = create(f"def handler(event, context):\n    print('last words', end='')\n    {code}\n").invoke({})
    assert ended.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {ended.report.request_id} Error: {ending}",
    }
    assert (ended.report.status, ended.report.error_type) == ("error", "Runtime.ExitError")
    assert ended.printed == ("last words",)


@pytest.mark.parametrize(
    ("code", "handler", "error_type", "message"),
    [
        ("import nowhere_at_all", "app.handler", "Runtime.ImportModuleError",
         "Unable to import module 'app': No module named 'nowhere_at_all'"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("x = 1", "other.handler", "Runtime.ImportModuleError", "Unable to import module 'other': No module named 'other'"),
        ("x = 1", "app", "Runtime.MalformedHandlerName",
         "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
        ("x = 1", "sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("1 / 0", "app.handler", "ZeroDivisionError", "division by zero"),
    ],
)  # fmt: skip
def test_a_failing_init_runs_twice_before_start(
    create: Create, code: str, handler: str, error_type: str, message: str
) -> None:
    """Both INIT_REPORT lines precede START, the document has no request id, REPORT no Init Duration and the error type."""
    failed = create(code, handler=handler).invoke({})
    assert failed.payload["errorMessage"] == message
    assert failed.payload["errorType"] == error_type
    assert failed.payload["requestId"] == ""
    assert platform(failed) == ["INIT_START", "INIT_REPORT", "INIT_REPORT", "START", "END", "REPORT"]
    reports = [line for line in shape(failed) if line.startswith("INIT_REPORT")]
    assert reports == [
        f"INIT_REPORT Init Duration: MS\tPhase: {phase}\tStatus: error\tError Type: {error_type}"
        for phase in ("init", "invoke")
    ]
    assert failed.report.init_duration_ms is None
    assert failed.report.error_type == error_type
    assert sum("LAMBDA_WARNING: Unhandled exception." in line for line in failed.printed) == 2


def test_a_syntax_error_names_its_line(create: Create) -> None:
    """Runtime.UserCodeSyntaxError, with the file and the line as the stack trace."""
    failed = create("x = 1\ndef handler(:\n").invoke({})
    assert failed.error_type == "Runtime.UserCodeSyntaxError"
    assert failed.payload["stackTrace"] == ['  File "/var/task/app.py" Line 2\n    def handler(:']
    assert failed.payload["errorMessage"].startswith("Syntax error in module 'app': invalid syntax")


def test_a_module_that_exits_is_an_exit_error(create: Create) -> None:
    """sys.exit in the module's code ends INIT, twice."""
    ended = create("import sys\nsys.exit(0)\n").invoke({})
    assert ended.error_type == "Runtime.ExitError"
    assert platform(ended)[:3] == ["INIT_START", "INIT_REPORT", "INIT_REPORT"]


def test_an_init_that_fails_once_is_run_again_inside_the_first_invocation(create: Create) -> None:
    """/tmp outlives the failed INIT, so the second one can succeed; its time is inside Duration."""
    code = (
        "import os\nif not os.path.exists('/tmp/again'):\n    open('/tmp/again', 'w')\n    raise RuntimeError('first')\n"
        "def handler(event, context): return 'ok'\n"
    )
    function = create(code)
    first = function.invoke({})
    assert first.payload == "ok"
    assert first.report.init_duration_ms is None
    assert platform(first) == ["INIT_START", "INIT_REPORT", "START", "END", "REPORT"]
    assert function.invoke({}).cold is False


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("{1, 2}", "Object of type set is not JSON serializable"),
        ("object()", "Object of type object is not JSON serializable"),
        ("later()", "Object of type coroutine is not JSON serializable"),
    ],
)
def test_a_response_that_is_no_json_is_a_marshal_error(create: Create, value: str, problem: str) -> None:
    """Runtime.MarshalError names the type."""
    failed = create(f"async def later(): pass\ndef handler(event, context): return {value}\n").invoke({})
    assert failed.error_type == "Runtime.MarshalError"
    assert failed.error_message == f"Unable to marshal response: {problem}"


@pytest.mark.parametrize("event", [None, {}, [], "text", 3, 1.5, True, {"ü": ["\u2028", "\ud800"], "n": {"a": None}}])
def test_events_and_answers_pass_unchanged(create: Create, event: Any) -> None:
    """Any JSON value goes in and comes out as it is; None is the event {}."""
    echoed = create("def handler(event, context): return event").invoke(event)
    assert echoed.payload == ({} if event is None else event)


def test_decimal_and_none_are_answers(create: Create) -> None:
    """decimal.Decimal is a number, None is null."""
    function = create(
        "from decimal import Decimal\ndef handler(event, context): return Decimal('1.5') if event else None\n"
    )
    assert [function.invoke({"d": 1}).payload, function.invoke({}).payload] == [1.5, None]


def test_the_context_has_every_member_of_the_managed_runtime(create: Create) -> None:
    """Attributes and methods of today's runtime, with Lambda's types."""
    code = (
        "def handler(event, context):\n"
        "    names = ['aws_request_id', 'function_name', 'function_version', 'invoked_function_arn', 'memory_limit_in_mb',\n"
        "             'log_group_name', 'tenant_id', 'client_context']\n"
        "    found = {name: getattr(context, name) for name in names}\n"
        "    found['left'] = context.get_remaining_time_in_millis()\n"
        "    found['identity'] = context.identity.cognito_identity_id\n"
        "    found['w3c'] = context.w3c()\n"
        "    context.log('from the context\\n')\n"
        "    return found\n"
    )
    seen = create(code, timeout=7, memory_size=256, function_name="orders").invoke({})
    left = seen.payload.pop("left")
    assert 0 < left <= 7000
    assert seen.payload == {
        "aws_request_id": seen.report.request_id,
        "function_name": "orders",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
        "memory_limit_in_mb": "256",
        "log_group_name": "/aws/lambda/orders",
        "tenant_id": None,
        "client_context": None,
        "identity": None,
        "w3c": {},
    }
    assert seen.printed == ("from the context",)


def test_logging_has_lambdas_format(create: Create) -> None:
    """The root logger's level is WARNING; a record has level, time, request id and message, joined by tabs."""
    code = (
        "import logging\nlogger = logging.getLogger()\ndef handler(event, context):\n"
        "    logger.info('unseen')\n    logger.warning('seen\\ntwice')\n    logger.setLevel('INFO')\n    logger.info('now')\n"
    )
    seen = create(code).invoke({})
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    request = seen.report.request_id
    assert len(seen.printed) == 2
    assert re.fullmatch(rf"\[WARNING\]\t{stamp}\t{request}\tseen\ntwice", seen.printed[0])
    assert re.fullmatch(rf"\[INFO\]\t{stamp}\t{request}\tnow", seen.printed[1])


def test_printed_lines_cannot_pass_for_lambdas_own(create: Create) -> None:
    """A forged REPORT is what the function printed, in the log and in the result."""
    code = "def handler(event, context): print('REPORT RequestId: 1\\tDuration: 0.01 ms\\tBilled Duration: 1 ms')\n"
    seen = create(code).invoke({})
    assert [event.source for event in seen.log if event.text.startswith("REPORT")] == ["function", "platform"]


def test_output_keeps_its_order_and_its_newest_megabyte(create: Create) -> None:
    """stdout and stderr come in the order of writing; of very much output the newest part is kept and the rest counted."""
    code = (
        "import sys\ndef handler(event, context):\n    print('one'); print('two', file=sys.stderr); print('three')\n"
        "    for number in range(event): print(number, 'x' * 1000)\n"
    )
    function = create(code, timeout=30)
    assert function.invoke(0).printed == ("one", "two", "three")
    flood = function.invoke(5000)
    assert flood.printed[-1].startswith("4999 ")
    assert flood.dropped_log_bytes > 3_000_000
    assert sum(len(line) for line in flood.printed) < 1 << 21


def test_the_result_is_plain_json(create: Create) -> None:
    """A payload can be printed as JSON, whatever the function returned."""
    json.dumps(create("def handler(event, context): return {'a': [1, None, 'é']}").invoke({}).payload)
