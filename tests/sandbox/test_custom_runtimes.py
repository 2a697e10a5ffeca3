"""Custom runtimes: a ``bootstrap`` in any language behind the Runtime API, with every limit that Python has."""

import importlib.util
import os
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.awslambda.invocation import Invocation
from tutor.errors import HostError
from tutor.sandbox.functions import SandboxedFunction
from tutor.sandbox.interpreter import host_interpreter

PYTHON = f"/var/lang/{host_interpreter().executable}"
Make = Callable[..., SandboxedFunction]

LOOP = f"""#!{PYTHON} -ISu
import http.client, json, os, socket, subprocess, sys, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def call(method, what, body=None, headers=None):
    api.request(method, "/2018-06-01/runtime/" + what, body, headers or {{}})
    response = api.getresponse()
    return response, response.read()
def answer(value):
    return call("POST", f"invocation/{{request}}/response", json.dumps(value))
"""
"""A runtime by hand: what follows begins it, and ``serve`` handles each event."""

SERVE = """
while True:
    response, event = call("GET", "invocation/next")
    request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(event)
    exec(open("/var/task/serve").read())
"""

BASH = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' "$headers" | tr -d '[:space:]' | cut -d: -f2)
  echo "handling $id"
  if [ "$event" = '"fail"' ]; then
    curl -sS -o /dev/null "$api/$id/error" -d '{"errorType": "Shell.Failed", "errorMessage": "no"}'
  else
    curl -sS -o /dev/null "$api/$id/response" -d "{\\"got\\": $event, \\"in\\": \\"$PWD\\"}"
  fi
done
"""


@pytest.fixture
def provided(create: Create, tmp_path: Path) -> Make:
    """Makes functions of the runtime provided.al2023 from files; all of them are executable."""

    def make(files: Mapping[str, str], *, mode: int = 0o755, **settings: Any) -> SandboxedFunction:
        folder = tmp_path / "package"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(mode)
        defaults: dict[str, Any] = {"runtime": "provided.al2023", "timeout": 10, "memory_size": 512}
        return create(folder, **{**defaults, **settings})

    return make


def by_hand(provided: Make, serve: str, **settings: Any) -> SandboxedFunction:
    """A runtime in Python that handles each event as ``serve`` says."""
    return provided({"bootstrap": LOOP + SERVE, "serve": serve}, **settings)


def test_a_bootstrap_in_bash_with_curl_works(provided: Make) -> None:
    """The tutorial's runtime: a shell script with curl gets events, answers, fails and logs, warm and cold."""
    missing = [name for name in ("bash", "curl") if not shutil.which(name)]
    if missing:
        pytest.skip(f"this host has no {missing[0]}")
    function = provided({"bootstrap": BASH})
    first, second, failed = function.invoke({"n": 1}), function.invoke([2]), function.invoke("fail")
    assert first.payload == {"got": {"n": 1}, "in": "/var/task"}
    assert second.payload == {"got": [2], "in": "/var/task"}
    assert first.log_lines[0].startswith("INIT_START Runtime Version: provided:al2023.v")
    assert f"handling {second.report.request_id}" in second.log_lines
    assert first.report.init_duration_ms is not None
    assert second.report.init_duration_ms is None
    assert (failed.function_error, failed.payload) == (
        "Unhandled",
        {"errorType": "Shell.Failed", "errorMessage": "no"},
    )


def test_the_variables_are_those_of_an_os_only_runtime(provided: Make) -> None:
    """``AWS_LAMBDA_RUNTIME_API`` is there, ``AWS_EXECUTION_ENV`` is not, and nothing is of the host."""
    found = by_hand(provided, "answer(dict(os.environ))", handler="some.thing").invoke().payload
    assert found["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001"
    assert found["_HANDLER"] == "some.thing"
    assert "AWS_EXECUTION_ENV" not in found
    assert "PYTHONPATH" not in found
    assert "HOME" not in found


def test_no_bootstrap_at_all(provided: Make) -> None:
    """AWS's text, at INIT and again at the invocation."""
    invocation = provided({"other": ""}).invoke()
    text = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
    assert invocation.function_error == "Unhandled"
    assert invocation.payload == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {invocation.report.request_id} Error: {text}",
    }
    reports = [line for line in invocation.log_lines if line.startswith("INIT_REPORT")]
    assert [line.split("\t", 1)[1] for line in reports] == [
        "Phase: init\tStatus: error\tError Type: Runtime.InvalidEntrypoint",
        "Phase: invoke\tStatus: error\tError Type: Runtime.InvalidEntrypoint",
    ]
    assert invocation.report.error_type == "Runtime.InvalidEntrypoint"


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("#!/bin/sh\n", 0o644, "permission denied"),
        ("#!/no/such/shell\n", 0o755, "no such file or directory"),
        ("neither a script nor a program", 0o755, "exec format error"),
    ],
)
def test_a_bootstrap_that_cannot_be_executed(provided: Make, text: str, mode: int, reason: str) -> None:
    """``Runtime.InvalidEntrypoint`` with the system's reason, as AWS words it."""
    invocation = provided({"bootstrap": text}, mode=mode).invoke()
    assert invocation.payload == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {invocation.report.request_id} Error: fork/exec /var/task/bootstrap: {reason}",
    }


@pytest.mark.parametrize(("text", "code"), [("#!/usr/bin/env no-such-program\n", 127), ("#!/bin/sh\nexit 3\n", 3)])
def test_a_bootstrap_that_ends_is_an_exit_error(provided: Make, text: str, code: int) -> None:
    """The exit status of what ran, 127 for a program that a wrapper did not find."""
    invocation = provided({"bootstrap": text}).invoke()
    assert invocation.report.error_type == "Runtime.ExitError"
    assert invocation.payload["errorMessage"].endswith(f" Error: Runtime exited with error: exit status {code}")


def test_a_layer_may_bring_the_bootstrap(create: Create, tmp_path: Path) -> None:
    """``/opt/bootstrap`` runs where the package has none."""
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "bootstrap").write_text(LOOP + SERVE)
    (layer / "bootstrap").chmod(0o755)
    function = create({"serve": "answer(sys.argv[0])"}, layers=[layer], runtime="provided.al2023", memory_size=512)
    assert function.invoke().payload == "/opt/bootstrap"


def test_an_init_error_is_reported_with_its_type(provided: Make) -> None:
    """A runtime that posts to ``init/error`` fails INIT with its own document, and its code runs twice."""
    start = """print("starting")
document = json.dumps({"errorType": "Config.Missing", "errorMessage": "no table"})
call("POST", "init/error", document, {"Lambda-Runtime-Function-Error-Type": "Config.Missing"})
sys.exit(1)
"""
    invocation = provided({"bootstrap": LOOP + start}).invoke()
    assert invocation.payload == {"errorType": "Config.Missing", "errorMessage": "no table"}
    assert invocation.log_lines.count("starting") == 2
    assert invocation.report.error_type == "Config.Missing"


def test_it_is_stopped_at_its_timeout_and_begins_anew(provided: Make) -> None:
    """From outside, at the limit; the next invocation has new processes and the old /tmp."""
    function = by_hand(
        provided,
        "open('/tmp/n', 'a').write('x')\nif event: time.sleep(60)\nanswer(len(open('/tmp/n').read()))",
        timeout=2,
    )
    late, after = function.invoke(True), function.invoke(False)
    assert late.report.status == "timeout"
    assert late.report.duration_ms == 2000
    assert after.payload == 2
    assert after.report.init_duration_ms is None


def test_memory_is_counted_over_the_whole_tree(provided: Make) -> None:
    """Two children that hold half each are killed from outside, with the runtime."""
    hoard = "time.sleep(0)\nheld = [bytearray(200 << 20)]\nsys.stdin.read()"
    serve = f"""
children = [subprocess.Popen([sys.executable, "-c", {hoard!r}.replace("sys", "__import__('sys')").replace("time.sleep(0)", "")], stdin=subprocess.PIPE) for _ in range(3)]
time.sleep(60)
"""
    invocation = by_hand(provided, serve, memory_size=512, timeout=20).invoke()
    assert invocation.report.error_type == "Runtime.OutOfMemory"
    assert invocation.report.max_memory_used_mb == 512


def test_its_memory_is_its_own(provided: Make) -> None:
    """REPORT tells what the program itself has resident, and adds nothing of what the tutor's own runtime has warm."""
    serve = """
held = bytearray(event << 20)
highest = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
answer(int(highest.split()[1]) / 1024)
"""
    function = by_hand(provided, serve)
    for megabytes in (0, 50):
        invocation = function.invoke(megabytes)
        assert abs(invocation.report.max_memory_used_mb - invocation.payload) <= 3


def test_every_limit_names_its_mechanism(provided: Make, create: Create) -> None:
    """The same table as for Python: no limit is lost on the way."""
    custom = by_hand(provided, "answer(None)").invoke()
    python = create("def handler(event, context): pass").invoke()
    assert custom.enforcement == python.enforcement


def test_the_file_system_the_user_and_the_network_are_lambdas(provided: Make) -> None:
    """Read-only outside /tmp, not root, one door: nothing but the Runtime API can be reached."""
    serve = """
def attempt(what):
    try:
        what()
        return "worked"
    except OSError as error:
        return error.errno
answer({
    "task": attempt(lambda: open("/var/task/x", "w")),
    "tmp": attempt(lambda: open("/tmp/x", "w")),
    "disk": attempt(lambda: os.posix_fallocate(os.open("/tmp/y", os.O_RDWR | os.O_CREAT), 0, 600 << 20)),
    "user": [os.getuid(), os.getgid()],
    "door": attempt(lambda: socket.create_connection(("127.0.0.1", 9001), 2).close()),
    "other": attempt(lambda: socket.create_connection(("127.0.0.1", 9000), 2)),
    "world": attempt(lambda: socket.create_connection(("192.0.2.1", 80), 2)),
    "take": attempt(lambda: socket.socket().bind(("127.0.0.1", 9001))),
    "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:3],
})
"""
    found = by_hand(provided, serve).invoke().payload
    assert (found["task"], found["tmp"], found["disk"]) == (30, "worked", 28)
    assert found["user"] == [993, 990]
    assert (found["door"], found["other"], found["world"], found["take"]) == ("worked", 111, 101, 98)


def test_nothing_of_the_tutor_is_open_inside(provided: Make) -> None:
    """A program gets its standard streams and no other descriptor."""
    listing = "answer({number: os.readlink(f'/proc/self/fd/{number}') for number in range(64) if os.path.exists(f'/proc/self/fd/{number}')})"
    found = by_hand(provided, listing).invoke().payload
    kinds = {number: name.split(":")[0] for number, name in found.items()}
    assert [kinds.pop(number) for number in ("0", "1", "2")] == ["/dev/null", "pipe", "pipe"]
    assert set(kinds.values()) <= {"socket"}  # its own connection
    assert len(kinds) == 1


def test_an_answer_over_six_megabytes_is_a_function_error(provided: Make, quotas: Any) -> None:
    """The runtime is told 413, the caller gets AWS's error, and the runtime may go on."""
    serve = """
if event:
    response, _ = call("POST", f"invocation/{request}/response", b"x" * event)
    print("status", response.status)
else:
    answer("still here")
"""
    function = by_hand(provided, serve)
    large, after = function.invoke(quotas.response_payload + 1), function.invoke(0)
    assert large.report.error_type == "Function.ResponseSizeTooLarge"
    assert "status 413" in large.log_lines
    assert after.payload == "still here"


def test_a_streamed_answer_may_be_longer(provided: Make, quotas: Any) -> None:
    """Seven megabytes in chunks arrive whole."""
    serve = """
mode = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}
api.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", [b'"', *[b"s" * 70000] * 100, b'"'], mode, encode_chunked=True)
api.getresponse().read()
"""
    invocation = by_hand(provided, serve).invoke()
    assert invocation.function_error is None
    assert invocation.payload == "s" * 7_000_000


def test_work_after_the_answer_belongs_to_the_invocation_until_the_next_event(provided: Make) -> None:
    """INVOKE ends when the runtime asks for its next event; then it is frozen, threads and children too."""
    serve = """
if event == "slow":
    answer("early")
    time.sleep(0.3)
elif event == "thread":
    import threading
    ticks = []
    threading.Thread(target=lambda: [(ticks.append(1), time.sleep(0.01)) for _ in range(10**6)], daemon=True).start()
    answer(0)
else:
    answer(len(ticks))
"""
    function = by_hand(provided, serve)
    assert function.invoke("slow").report.duration_ms >= 300
    function.invoke("thread")
    before = function.invoke("count").payload
    time.sleep(1.0)
    assert function.invoke("count").payload - before < 50


def test_a_program_is_frozen_though_it_is_alone(provided: Make) -> None:
    """One process with one thread that asks for its next event and works on meanwhile makes no progress either."""
    work = """
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    slept = 0
    while not select.select([api.sock], [], [], 0)[0]:
        time.sleep(0.01)
        slept += 1
    response = api.getresponse()
    response.read()
    request = response.headers["Lambda-Runtime-Aws-Request-Id"]
    answer(slept)
"""
    function = provided({"bootstrap": LOOP + "import select\n" + work})
    function.invoke()
    time.sleep(1.0)
    assert function.invoke().payload < 50


def test_an_answer_counts_though_the_runtime_ends_after_it(provided: Make) -> None:
    """The caller has its answer; the next invocation pays for a new INIT."""
    function = by_hand(provided, "answer(os.getpid())\nos._exit(0)")
    first, second = function.invoke(), function.invoke()
    assert first.function_error is None
    assert isinstance(first.payload, int)
    assert second.function_error is None
    assert second.report.init_duration_ms is None


def test_a_runtime_that_cannot_speak_runs_into_its_timeout(provided: Make) -> None:
    """Noise on the door breaks nothing: the invocation ends as one that never answered."""
    serve = """
noise = socket.create_connection(("127.0.0.1", 9001))
noise.sendall(b"\\x00" * 100000 + b"\\r\\n\\r\\n")
held = [socket.create_connection(("127.0.0.1", 9001)) for _ in range(100)]
time.sleep(60)
"""
    assert by_hand(provided, serve, timeout=1).invoke().report.status == "timeout"


# AWS's own client, unmodified.


def ric_package(folder: Path, app: str) -> Path:
    """A package with awslambdaric and what it needs, as ``pip install -t`` leaves it."""
    if importlib.util.find_spec("awslambdaric") is None:
        pytest.skip("awslambdaric is not installed: it has no wheel for this host")
    if host_interpreter().version != f"{sys.version_info[0]}.{sys.version_info[1]}":
        pytest.skip("awslambdaric's compiled part is for another Python than the sandbox has")
    folder.mkdir()
    for name in ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, folder)
    (folder / "app.py").write_text(app)
    (folder / "bootstrap").write_text(f'#!/bin/sh\nexec {PYTHON} -m awslambdaric "$_HANDLER"\n')
    os.chmod(folder / "bootstrap", stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    return folder


APP = """
import logging, sys, time
logging.getLogger().setLevel("INFO")
calls = 0
def handler(event, context):
    global calls
    calls += 1
    logging.info("event %s", event)
    print("printed")
    if event == "fail":
        raise ValueError("no good")
    if event == "sleep":
        time.sleep(60)
    if event == "exit":
        sys.exit(4)
    return {"event": event, "calls": calls, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis()}
"""


@pytest.fixture
def ric(create: Create, tmp_path: Path) -> Callable[..., Invocation | list[Invocation]]:
    """Invokes a handler under awslambdaric with these events, one after another."""

    def invoke(*events: Any, **settings: Any) -> list[Invocation]:
        package = ric_package(tmp_path / "package", APP)
        defaults: dict[str, Any] = {"runtime": "provided.al2023", "memory_size": 1769, "timeout": 5}
        function = create(package, **{**defaults, **settings})
        return [function.invoke(event) for event in events]

    return invoke


def test_awslambdaric_serves_events_cold_and_warm(ric: Callable[..., list[Invocation]]) -> None:
    """AWS's client runs unmodified: event, context, result, module state, prints and log lines."""
    first, second = ric({"a": "ä"}, [1])
    assert first.payload["event"] == {"a": "ä"}
    assert first.payload["id"] == first.report.request_id
    assert 0 < first.payload["left"] <= 5000
    assert second.payload["calls"] == 2
    assert "printed" in first.log_lines
    assert any(
        line.startswith("[INFO]\t") and line.endswith(f"Z\t{first.report.request_id}\tevent {{'a': 'ä'}}")
        for line in first.log_lines
    )


def test_awslambdaric_reports_exceptions_exits_and_timeouts(ric: Callable[..., list[Invocation]]) -> None:
    """An exception leaves it alive; an exit and a timeout begin anew, with AWS's documents."""
    failed, served, left, late, again = ric("fail", 1, "exit", "sleep", 1, timeout=3)
    assert (failed.payload["errorType"], failed.payload["errorMessage"]) == ("ValueError", "no good")
    assert failed.payload["requestId"] == failed.report.request_id
    assert "/var/task/app.py" in failed.payload["stackTrace"][0]
    assert served.payload["calls"] == 2
    assert left.payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 4")
    assert late.report.status == "timeout"
    assert again.payload["calls"] == 1


def test_awslambdaric_reports_a_failing_import(ric: Callable[..., list[Invocation]]) -> None:
    """``Runtime.ImportModuleError`` from its own call to ``init/error``, at INIT and in the invocation."""
    (invocation,) = ric(1, handler="nowhere.handler")
    assert invocation.payload["errorType"] == "Runtime.ImportModuleError"
    assert invocation.payload["errorMessage"] == "Unable to import module 'nowhere': No module named 'nowhere'"
    assert invocation.report.error_type == "Runtime.ImportModuleError"
    assert sum(line.startswith("INIT_REPORT") for line in invocation.log_lines) == 2


def test_nothing_stays_of_an_environment_with_an_api(provided: Make) -> None:
    """Cold starts, resets and shutdowns leave no thread, no descriptor and no socket in the tutor."""
    function = by_hand(provided, "if event: os._exit(1)\nanswer(0)")
    function.invoke(0)
    function.renew()
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        function.invoke(0)
        function.invoke(1)
        function.invoke(0)
        function.renew()
    deadline = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.01)  # environments that are made ahead come and go in a thread of their own
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors


@pytest.mark.parametrize("runtime", ["java21", "ruby3.4", "dotnet8"])
def test_a_runtime_that_the_sandbox_has_not_is_never_run_by_another(create: Create, runtime: str) -> None:
    """It says so instead of handing the code to Python."""
    function = create("def handler(event, context): return 1", runtime=runtime)
    with pytest.raises(HostError, match=f"runtime is {runtime}, and the sandbox runs Python"):
        function.invoke({})


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("curl") is None, reason="the host has no bash or curl")
def test_sh_is_the_shell_of_amazon_linux(provided: Make) -> None:
    """A bootstrap for ``sh`` may fail on a broken pipe, as the one of the developer guide does."""
    bootstrap = """#!/bin/sh
set -euo pipefail
API="http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation"
while true; do
  HEADERS="$(mktemp)"
  EVENT=$(curl -sS -LD "$HEADERS" "$API/next")
  REQUEST=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  curl -sS -X POST "$API/$REQUEST/response" -d "{\\"got\\": $EVENT}" > /dev/null
done
"""
    assert provided({"bootstrap": bootstrap}).invoke({"k": 1}).payload == {"got": {"k": 1}}
