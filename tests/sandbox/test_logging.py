"""What a Python function logs: Lambda's text and JSON formats, levels, and what is said when code fails."""

import json
import re
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
JSON: dict[str, Any] = {"logging_format": "JSON"}
NOISY = """\
import logging
log = logging.getLogger("app")
log.warning("at import")
def handler(event, context):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        log.log(level, "message %d", level)
    print("printed")
"""


def records(invocation: Invocation, source: str = "function") -> list[dict[str, Any]]:
    """The log's lines of one source as JSON objects; the test fails for a line that is none."""
    return [json.loads(event.text) for event in invocation.log if event.source == source]


def platform(invocation: Invocation) -> list[str]:
    """Types of Lambda's own records."""
    return [record["type"] for record in records(invocation, "platform")]


def test_text_has_level_time_request_and_message(create: Create) -> None:
    """Tabs between them; before the first event there is no request; below WARNING nothing is written."""
    invocation = create(NOISY).invoke({})
    lines = invocation.printed
    assert re.fullmatch(rf"\[WARNING\]\t{STAMP}\t\tat import", lines[0])
    assert re.fullmatch(rf"\[WARNING\]\t{STAMP}\t{invocation.report.request_id}\tmessage 30", lines[1])
    assert [line.split("\t")[0] for line in lines[1:]] == ["[WARNING]", "[ERROR]", "[CRITICAL]", "printed"]


def test_json_has_the_same_as_fields(create: Create) -> None:
    """From INFO on; print is passed on as it is."""
    invocation = create(NOISY, **JSON).invoke({})
    *logged, printed = invocation.printed
    found = [json.loads(line) for line in logged]
    assert printed == "printed"
    assert [record["level"] for record in found] == ["WARNING", "INFO", "WARNING", "ERROR", "CRITICAL"]
    assert found[0] == {
        "timestamp": found[0]["timestamp"],
        "level": "WARNING",
        "message": "at import",
        "logger": "app",
    }
    assert list(found[1]) == ["timestamp", "level", "message", "logger", "requestId"]
    assert found[1]["requestId"] == invocation.report.request_id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found[1]["timestamp"])


@pytest.mark.parametrize(
    ("level", "levels", "printed"),
    [
        ("TRACE", ["WARNING", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], True),
        ("DEBUG", ["WARNING", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], True),
        ("WARN", ["WARNING", "WARNING", "ERROR", "CRITICAL"], False),
        ("ERROR", ["ERROR", "CRITICAL"], False),
        ("FATAL", ["CRITICAL"], False),
    ],
)
def test_an_application_log_level_filters(create: Create, level: str, levels: list[str], printed: bool) -> None:
    """Only with JSON; a line without a level counts as INFO."""
    invocation = create(NOISY, **JSON, application_log_level=level).invoke({})
    assert ("printed" in invocation.printed) is printed
    assert [json.loads(line)["level"] for line in invocation.printed if line != "printed"] == levels


def test_set_level_in_code_wins(create: Create) -> None:
    """What the function's own loggers are told is what they do."""
    code = "import logging\nlogging.getLogger().setLevel('DEBUG')\ndef handler(e, c): logging.debug('fine')"
    for settings, expected in ((JSON, ["fine"]), ({**JSON, "application_log_level": "ERROR"}, ["fine"])):
        assert [record["message"] for record in records(create(code, **settings).invoke({}))] == expected


def test_extra_fields_are_fields(create: Create) -> None:
    """Everything passed as ``extra`` stands beside the rest and replaces none of it."""
    code = (
        "import logging\ndef handler(e, c):\n"
        "    logging.info('order', extra={'order': 7, 'nested': {'a': [1]}, 'nothing': None, 'requestId': 'forged'})"
    )
    invocation = create(code, **JSON).invoke({})
    (record,) = records(invocation)
    assert (record["order"], record["nested"]) == (7, {"a": [1]})
    assert "nothing" not in record
    assert record["requestId"] == invocation.report.request_id
    assert not {"pathname", "lineno", "process", "args", "aws_request_id", "exc_info", "taskName"} & set(record)


def test_an_exception_in_a_record_is_told_in_full(create: Create) -> None:
    """JSON: type, message, trace and place. Text: the lines of one record stay one event."""
    code = (
        "import logging\ndef handler(e, c):\n    try:\n        1 / 0\n    except ZeroDivisionError:\n"
        "        logging.exception('two\\nlines')"
    )
    (record,) = records(create(code, **JSON).invoke({}))
    assert (record["errorType"], record["errorMessage"]) == ("ZeroDivisionError", "division by zero")
    assert record["location"] == "/var/task/app.py:handler:6"
    assert record["message"] == "two\nlines"
    assert len(record["stackTrace"]) == 1
    assert record["stackTrace"][0].startswith('  File "/var/task/app.py", line 4, in handler\n    1 / 0\n')
    (event,) = create(code).invoke({}).printed
    first, second, title, *_, last = event.split("\n")
    assert first.startswith("[ERROR]\t")
    assert first.endswith("\ttwo")
    assert (second, title, last) == (
        "lines",
        "Traceback (most recent call last):",
        "ZeroDivisionError: division by zero",
    )


def test_a_record_that_is_no_json_ends_nothing(create: Create) -> None:
    """An ``extra`` that cannot be told is reported by the logging module itself, and the handler goes on."""
    code = "import logging\ndef handler(e, c):\n    logging.info('x', extra={'o': object()})\n    return 'went on'"
    invocation = create(code, **JSON).invoke({})
    assert invocation.payload == "went on"
    assert "--- Logging error ---" in invocation.printed


def test_an_unhandled_exception_is_one_record(create: Create) -> None:
    """In JSON with its level, in text with no-break spaces: one event, with the document of the result."""
    code = "def handler(e, c):\n    raise ValueError('two\\nlines')"
    invocation = create(code, **JSON).invoke({})
    (record,) = records(invocation)
    assert list(record) == ["timestamp", "level", "errorMessage", "errorType", "requestId", "stackTrace"]
    assert {name: record[name] for name in invocation.payload} == invocation.payload
    assert record["level"] == "ERROR"
    (event,) = create(code).invoke({}).printed
    assert event == (
        "[ERROR] ValueError: two\nlines\nTraceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/app.py", line 2, in handler\n'
        "\u00a0\u00a0\u00a0\u00a0raise ValueError('two\\nlines')"
    )


def test_lambdas_own_lines_are_records_in_json(create: Create) -> None:
    """initStart, start and report, and runtimeDone of a failure, with its status; each with a time and a request."""
    function = create("def handler(e, c):\n    if e.get('exit'): raise SystemExit(1)", **JSON)
    cold, warm, broken = function.invoke({}), function.invoke({}), function.invoke({"exit": True})
    assert platform(cold) == ["platform.initStart", "platform.start", "platform.report"]
    assert platform(warm) == ["platform.start", "platform.report"]
    assert platform(broken) == ["platform.start", "platform.runtimeDone", "platform.report"]
    init, start, report = records(cold, "platform")
    assert re.fullmatch(STAMP, init["time"])
    assert init["time"] <= start["time"] <= report["time"]
    assert init["record"]["initializationType"] == "on-demand"
    assert init["record"]["runtimeVersionArn"].startswith("arn:aws:lambda:")
    assert start["record"] == {"requestId": cold.report.request_id, "version": "$LATEST"}
    assert report["record"]["status"] == "success"
    assert report["record"]["metrics"] == {
        "durationMs": cold.report.duration_ms,
        "billedDurationMs": cold.report.billed_duration_ms,
        "memorySizeMB": 128,
        "maxMemoryUsedMB": cold.report.max_memory_used_mb,
        "initDurationMs": cold.report.init_duration_ms,
    }
    assert "initDurationMs" not in records(warm, "platform")[-1]["record"]["metrics"]
    failed = records(broken, "platform")[-1]["record"]
    assert (failed["status"], failed["errorType"]) == ("error", "Runtime.ExitError")


def test_a_failing_init_is_told_in_json_too(create: Create) -> None:
    """A warning and the error, twice, before initRuntimeDone and initReport, which has the phase and the status."""
    invocation = create("import nowhere", **JSON).invoke({})
    found = [json.loads(line) for line in invocation.log_lines]
    assert [record.get("type") or record["level"] for record in found] == [
        "platform.initStart",
        "WARNING",
        "ERROR",
        "platform.initRuntimeDone",
        "platform.initReport",
        "WARNING",
        "ERROR",
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "platform.report",
    ]
    assert found[1]["message"].startswith("LAMBDA_WARNING: Unhandled exception.")
    reports = [record["record"] for record in found if record.get("type") == "platform.initReport"]
    assert [(report["phase"], report["status"]) for report in reports] == [("init", "error"), ("invoke", "error")]


def test_the_format_is_in_the_environment_and_cannot_be_set(create: Create) -> None:
    """Text has neither format nor level, JSON has both; INFO is the level where none is chosen."""
    code = "import os\ndef handler(e, c): return [os.environ.get('AWS_LAMBDA_LOG_' + n) for n in ('FORMAT', 'LEVEL')]"
    assert create(code).invoke({}).payload == [None, None]
    assert create(code, **JSON).invoke({}).payload == ["JSON", "INFO"]
    assert create(code, **JSON, application_log_level="FATAL").invoke({}).payload == ["JSON", "FATAL"]
    forged = {"environment": {"AWS_LAMBDA_LOG_FORMAT": "JSON"}}
    assert create(code, **forged).invoke({}).payload == [None, None]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"logging_format": "json"}, "Member must satisfy enum value set: [JSON, Text]"),
        ({**JSON, "application_log_level": "WARNING"}, "enum value set: [TRACE, DEBUG, INFO, WARN, ERROR, FATAL]"),
        ({"application_log_level": "INFO"}, "only be set together with the log format JSON"),
    ],
)
def test_what_no_logging_config_can_be_is_refused(create: Create, settings: dict[str, Any], said: str) -> None:
    """Before anything runs."""
    with pytest.raises(ServiceError) as refused:
        create(NOISY, **settings)
    assert said in refused.value.message


def test_a_function_that_gives_its_streams_away_is_still_heard(create: Create) -> None:
    """Records and errors go on although sys.stdout is replaced, closed or gone."""
    code = """\
import io, logging, sys
def handler(event, context):
    if event == "replace":
        sys.stdout = sys.stderr = io.StringIO()
    elif event == "close":
        sys.stdout.close()
    elif event == "remove":
        sys.stdout = sys.stderr = None
    elif event == "break":
        class Broken(io.StringIO):
            def flush(self): raise RuntimeError("no")
        sys.stdout = Broken()
    logging.warning(event)
    if context.get_remaining_time_in_millis() and event == "raise":
        raise ValueError("heard")
    return event
"""
    for event in ("replace", "close", "remove", "break"):
        function = create(code)
        assert function.invoke(event).payload == event
        invocation = function.invoke("raise")
        assert invocation.error_type == "ValueError"
        assert [line.split("\t")[-1].split("\n")[0] for line in invocation.printed] == [
            "raise",
            "[ERROR] ValueError: heard",
        ]


def test_a_function_that_closes_the_descriptor_is_heard_no_more_and_answers(create: Create) -> None:
    """Not even an error message that cannot be written ends the runtime."""
    function = create("import os\ndef handler(e, c):\n    os.close(1)\n    os.close(2)\n    raise ValueError('x')")
    assert function.invoke({}).error_type == "ValueError"
    assert function.invoke({}).error_type == "OSError"


def test_output_keeps_its_order(create: Create) -> None:
    """print, logging, the descriptor itself and child processes: as written, also without line ends."""
    code = """\
import logging, os, subprocess, sys
def handler(event, context):
    print("1 ", end="")
    os.write(1, b"2 ")
    sys.stderr.write("3 ")
    subprocess.run(["/bin/sh", "-c", "printf '4 '"])
    logging.warning("5")
    print("6", end="")
"""
    line, last = create(code, timeout=10).invoke({}).printed
    assert re.fullmatch(rf"1 2 3 4 \[WARNING\]\t{STAMP}\t{UUID}\t5", line)
    assert last == "6"


def test_basic_config_changes_nothing_and_handlers_may_be_replaced(create: Create) -> None:
    """The root logger has its handler already, as in Lambda; with ``force`` the function takes it over."""
    code = (
        "import logging, sys\nlogging.basicConfig(format='mine %(message)s')\ndef handler(e, c): logging.warning('x')"
    )
    assert create(code).invoke({}).printed[0].startswith("[WARNING]\t")
    forced = code.replace("format=", "stream=sys.stdout, force=True, format=")
    assert create(forced).invoke({}).printed == ("mine x",)


def test_the_system_log_level_leaves_successes_out(create: Create) -> None:
    """At WARN Lambda itself tells only of what went wrong; what the function prints is the function's."""
    code = "import os\ndef handler(event, context):\n    print('printed')\n    if event: os._exit(3)\n"
    function = create(code, logging_format="JSON", system_log_level="WARN")
    assert list(function.invoke(0).log_lines) == ["printed"]
    found = [json.loads(line)["type"] for line in function.invoke(1).log_lines if line.startswith("{")]
    assert found == ["platform.runtimeDone", "platform.report"]
    for wrong in ({"system_log_level": "ERROR", "logging_format": "JSON"}, {"system_log_level": "WARN"}):
        with pytest.raises(ServiceError, match=r"ystem ?[lL]og ?[lL]evel"):
            create(code, **wrong)
