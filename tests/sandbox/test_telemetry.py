"""Telemetry: what an extension that has subscribed receives, in which order and when."""

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration
from tests.sandbox.test_extensions import CLIENT
from tutor.awslambda.invocation import Invocation
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions

LISTENER = """\
import http.server, socket, threading

RECEIVED = []
ARRIVED = threading.Condition()


def take(events):
    with ARRIVED:
        RECEIVED.extend(events)
        ARRIVED.notify_all()


def wait_for(kind, seconds=5):
    with ARRIVED:
        assert ARRIVED.wait_for(lambda: any(event["type"] == kind for event in RECEIVED), seconds), kind


def show():
    with ARRIVED:
        for event in RECEIVED:
            print("GOT", json.dumps(event), flush=True)
        RECEIVED.clear()


class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def listen(port=8080):
    server = http.server.ThreadingHTTPServer(("sandbox.localdomain", port), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def listen_tcp(port=8080):
    server = socket.create_server(("127.0.0.1", port))

    def read():
        while True:
            with server.accept()[0].makefile() as lines:
                take([json.loads(line) for line in lines])

    threading.Thread(target=read, daemon=True).start()


def subscribe(*types, protocol="HTTP", uri="http://sandbox.localdomain:8080/", schema="2022-12-13", path="", **buffering):
    document = {"schemaVersion": schema, "types": types, "destination": {"protocol": protocol, "URI": uri}}
    document["buffering"] = {"timeoutMs": 25, **buffering}
    return call("PUT", path or "/2022-07-01/telemetry", document)[1]


"""
HANDLER = "print('module')\ndef handler(event, context):\n    print('handling')\n    return event\n"

WithSubscriber = Callable[..., SandboxedFunction]


@pytest.fixture
def subscribed(create: Create, quotas: Quotas, tmp_path: Path) -> Iterator[WithSubscriber]:
    """Makes functions with one extension in Python, named ``listener``."""
    create(HANDLER)  # skips where there is no sandbox
    made: list[SandboxedFunction] = []

    def make(text: str, code: str = HANDLER, **settings: Any) -> SandboxedFunction:
        path = tmp_path / f"layer-{len(made)}" / "extensions" / "listener"
        path.parent.mkdir(parents=True)
        path.write_text("#!/var/lang/bin/python3\n" + CLIENT + LISTENER + textwrap.dedent(text))
        path.chmod(0o755)
        found = configuration(**{"memory_size": 1769, "timeout": 10, **settings})
        function = SandboxedFunctions(quotas).create({"app.py": code}, found, layers=[path.parent.parent])
        made.append(function)
        return function

    yield make
    for function in made:
        function.close()


def got(invocation: Invocation) -> list[dict[str, Any]]:
    """The events that the extension received and printed."""
    lines = [event.text for event in invocation.log if event.source == "extension"]
    return [json.loads(line.removeprefix("GOT ")) for line in lines if line.startswith("GOT ")]


UNTIL_DONE = """\
    while next_event()["eventType"] == "INVOKE":
        wait_for("platform.runtimeDone")
        show()
    """


def test_events_arrive_in_order_while_the_phase_goes_on(subscribed: WithSubscriber) -> None:
    """From INIT's start to the runtime's answer in the first invocation; REPORT's event comes with the next one."""
    function = subscribed(
        "listen()\nregister('INVOKE')\nprint(subscribe('platform', 'function'))\n" + textwrap.dedent(UNTIL_DONE)
    )
    first, second = function.invoke(1), function.invoke(2)
    types = [event["type"] for event in got(first)]
    subscribing = types.index("platform.telemetrySubscription")  # once it has registered, the runtime goes on beside it
    assert subscribing < types.index("platform.extension")
    assert types[:subscribing] + types[subscribing + 1 :] == [
        "platform.initStart",
        "function",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "function",
        "platform.runtimeDone",
    ]
    assert [event["type"] for event in got(second)] == [
        "platform.report",
        "platform.start",
        "function",
        "platform.runtimeDone",
    ]
    lines = [event.text for event in first.log if event.source == "platform"]
    assert lines[1] == "TELEMETRY\tName: listener\tState: Subscribed\tTypes: [Platform, Function]"


def test_records_have_the_schemas_members(subscribed: WithSubscriber) -> None:
    """Each event's record, member by member, agrees with what the invocation itself reports."""
    function = subscribed(
        "listen()\nregister('INVOKE')\nsubscribe('platform', 'function')\n" + textwrap.dedent(UNTIL_DONE)
    )
    first, second = function.invoke("abc"), function.invoke(2)
    found = {event["type"]: event["record"] for event in got(first)}
    version, arn = first.log_lines[0].removeprefix("INIT_START Runtime Version: ").split("\tRuntime Version ARN: ")
    assert found["platform.initStart"] == {
        "initializationType": "on-demand",
        "phase": "init",
        "runtimeVersion": version,
        "runtimeVersionArn": arn,
        "functionName": "function",
        "functionVersion": "$LATEST",
        "instanceMaxMemory": 1769,
    }
    done = {"initializationType": "on-demand", "phase": "init", "status": "success"}
    assert found["platform.initRuntimeDone"] == done
    assert first.report.init_duration_ms is not None
    metrics = {"durationMs": first.report.init_duration_ms}
    assert found["platform.initReport"] == {**done, "metrics": metrics}
    assert found["platform.extension"] == {"name": "listener", "state": "Ready", "events": ["INVOKE"]}
    assert found["platform.start"] == {"requestId": first.report.request_id, "version": "$LATEST"}
    assert found["function"] == "handling"
    answered = found["platform.runtimeDone"]
    assert answered["metrics"].pop("durationMs") <= first.report.duration_ms
    assert answered == {
        "requestId": first.report.request_id,
        "status": "success",
        "metrics": {"producedBytes": len('"abc"')},
    }
    assert {event["type"]: event["record"] for event in got(second)}["platform.report"] == {
        "requestId": first.report.request_id,
        "status": "success",
        "metrics": {
            "durationMs": first.report.duration_ms,
            "billedDurationMs": first.report.billed_duration_ms,
            "memorySizeMB": 1769,
            "maxMemoryUsedMB": first.report.max_memory_used_mb,
            "initDurationMs": first.report.init_duration_ms,
        },
    }


def test_a_failure_says_so_before_shutdown(subscribed: WithSubscriber) -> None:
    """After a timeout the extension still hears of it, in the time that SHUTDOWN gives it."""
    text = """\
        listen()
        register("INVOKE", "SHUTDOWN")
        subscribe("platform", timeoutMs=30000)
        while next_event()["eventType"] == "INVOKE":
            pass
        wait_for("platform.runtimeDone", 1)
        show()
        """
    code = "import time\ndef handler(event, context):\n    time.sleep(60)\n"
    invocation = subscribed(text, code, timeout=1).invoke({})
    assert invocation.report.status == "timeout"
    last = got(invocation)[-1]
    assert (last["type"], last["record"]["status"]) == ("platform.runtimeDone", "timeout")


def test_over_tcp_lines_arrive(subscribed: WithSubscriber) -> None:
    """One event a line, and only of the types that were asked for."""
    text = "listen_tcp()\nregister('INVOKE')\nsubscribe('function', protocol='TCP', uri='tcp://sandbox.localdomain:8080')\n"
    loop = "while next_event():\n    wait_for('function')\n    time.sleep(0.3)\n    show()\n"
    events = got(subscribed(text + loop).invoke({}))
    assert [(event["type"], event["record"]) for event in events] == [("function", "module"), ("function", "handling")]


def test_an_extensions_own_lines_arrive(subscribed: WithSubscriber) -> None:
    """The type ``extension``."""
    text = "listen()\nregister('INVOKE')\nsubscribe('extension')\nprint('hello', flush=True)\n"
    loop = "while next_event():\n    wait_for('extension')\n    show()\n"
    (event, *_) = got(subscribed(text + loop).invoke({}))
    assert (event["type"], event["record"]) == ("extension", "hello")


@pytest.mark.parametrize(("schema", "kind"), [("2022-07-01", str), ("2022-12-13", dict), ("2025-01-29", dict)])
def test_lines_in_json_are_objects_in_newer_schemas(subscribed: WithSubscriber, schema: str, kind: type) -> None:
    """Where the log format is JSON."""
    text = f"listen()\nregister('INVOKE')\nsubscribe('function', schema={schema!r})\n"
    loop = "while next_event():\n    wait_for('function')\n    show()\n"
    code = "import json\ndef handler(event, context):\n    print(json.dumps({'level': 'INFO', 'n': 1}))\n"
    (event, *_) = got(subscribed(text + loop, code, logging_format="JSON").invoke({}))
    assert isinstance(event["record"], kind)
    record: Any = event["record"]
    assert (json.loads(record) if kind is str else record)["n"] == 1


def test_without_a_listener_it_is_tried_again(subscribed: WithSubscriber) -> None:
    """A listener that begins late gets everything."""
    text = "register('INVOKE')\nsubscribe('platform')\ntime.sleep(0.3)\nlisten()\n" + textwrap.dedent(UNTIL_DONE)
    events = got(subscribed(text).invoke({}))
    types = [event["type"] for event in events]
    assert types[0] == "platform.initStart"
    assert "platform.telemetrySubscription" in types


def test_who_does_not_read_loses_events_and_nobody_waits(subscribed: WithSubscriber) -> None:
    """Above its buffer a slow subscriber's events are dropped and counted; the function does not feel it."""
    text = """\
        listen()
        hold = threading.Event()
        taken = Listener.do_POST

        def slow(self):
            hold.wait()
            taken(self)

        Listener.do_POST = slow
        register("INVOKE")
        subscribe("function", "platform")
        count = 0
        while next_event():
            count += 1
            if count == 2:
                hold.set()
                wait_for("platform.logsDropped")
                show()
        """
    code = "def handler(event, context):\n    for _ in range(event):\n        print('x' * 1000)\n"
    function = subscribed(text, code)
    function.invoke(2000)
    dropped = [event["record"] for event in got(function.invoke(0)) if event["type"] == "platform.logsDropped"]
    assert sum(record["droppedRecords"] for record in dropped) > 0
    assert (
        sum(record["droppedBytes"] for record in dropped) >= sum(record["droppedRecords"] for record in dropped) * 1000
    )


def test_a_subscription_that_is_none_is_refused(subscribed: WithSubscriber) -> None:
    """400 with every reason; 403 for a stranger and after INIT; the Logs API before it is declined with 202."""
    text = """\
        import urllib.error

        def answer(act, *arguments, **named):
            try:
                return act(*arguments, **named)
            except urllib.error.HTTPError as error:
                document = json.loads(error.read())
                return [error.code, document["errorType"], document["errorMessage"]]

        found = [answer(subscribe, "platform")]
        register("INVOKE")
        found.append(answer(subscribe, uri="http://elsewhere.example", timeoutMs=1))
        found.append(answer(subscribe, "platform", path="/2020-08-15/logs"))
        next_event()
        found.append(answer(subscribe, "platform"))
        print("GOT", json.dumps({"answers": found}), flush=True)
        next_event()
        """
    (event,) = got(subscribed(text).invoke({}))
    assert event["answers"] == [
        [403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header"],
        [
            400,
            "ValidationError",
            "types should not be empty; URI host should be sandbox.localdomain; URI port is not provided; "
            "timeoutMs should be between 25 and 30000",
        ],
        {"errorMessage": "Logs API is not supported; use the Telemetry API", "errorType": "Logs.NotSupported"},
        [403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already"],
    ]
