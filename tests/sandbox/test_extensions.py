"""Extensions beside a function, as processes of their own and from within the runtime: their events, time and ends."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create, configuration
from tests.sandbox.test_ordinary_user import USER, python_of
from tutor import locations
from tutor.awslambda.invocation import Invocation
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions

pytestmark = pytest.mark.alone

CLIENT = """\
import json, os, sys, time, urllib.request

NAME = os.path.basename(__file__)
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]
ID = ""


def call(method, path, document=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if ID:
        headers["Lambda-Extension-Identifier"] = ID
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(API + path, body, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return dict(answer.headers), json.loads(answer.read() or b"null")


def register(*events, **headers):
    global ID
    found, document = call(
        "POST", "/2020-01-01/extension/register", {"events": events}, Lambda_Extension_Name=NAME, **headers
    )
    ID = found["Lambda-Extension-Identifier"]
    return document


def next_event():
    return call("GET", "/2020-01-01/extension/event/next")[1]


def report(where, error_type):
    document = {"errorMessage": "x", "errorType": "y", "stackTrace": []}
    call("POST", f"/2020-01-01/extension/{where}/error", document, Lambda_Extension_Function_Error_Type=error_type)


"""
BASH = """\
#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
headers=$(mktemp)
curl -sS -D "$headers" -o /dev/null -X POST "$api/register" -H "Lambda-Extension-Name: $(basename "$0")" \\
    -d '{"events": ["INVOKE", "SHUTDOWN"]}'
id=$(grep -i '^lambda-extension-identifier:' "$headers" | tr -d '\\r' | cut -d' ' -f2)
while true; do
    event=$(curl -sS "$api/event/next" -H "Lambda-Extension-Identifier: $id")
    echo "bash: $event"
    [[ $event == *SHUTDOWN* ]] && exit 0
done
"""
LOOP = """\
while True:
    event = next_event()
    print(event["eventType"], event.get("shutdownReason", ""), flush=True)
    if event["eventType"] == "SHUTDOWN":
        break
"""
HANDLER = "def handler(event, context):\n    return {'answer': event}\n"

WithExtensions = Callable[..., SandboxedFunction]


@pytest.fixture
def beside(create: Create, quotas: Quotas, tmp_path: Path) -> Iterator[WithExtensions]:
    """Makes functions with extensions: names and texts, a text without a first line of its own being Python."""
    create(HANDLER)  # skips where there is no sandbox
    made: list[SandboxedFunction] = []

    def make(
        code: str = HANDLER,
        *,
        executable: bool = True,
        timeout: int = 10,
        memory_size: int = 1769,
        shutdown: int = quotas.shutdown_external_extensions,
        files: Mapping[str, str] | None = None,
        runtime: str | None = None,
        **extensions: str,
    ) -> SandboxedFunction:
        layer = tmp_path / f"layer-{len(made)}"
        folder = layer / "extensions"
        folder.mkdir(parents=True)
        for name, text in extensions.items():
            python = text.startswith("#!")
            path = folder / name
            path.write_text(text if python else "#!/var/lang/bin/python3\n" + CLIENT + textwrap.dedent(text))
            path.chmod(0o755 if executable else 0o644)
        hurried = replace(quotas, init_timeout=2, shutdown_external_extensions=shutdown)
        settings = configuration(timeout=timeout, memory_size=memory_size, **({"runtime": runtime} if runtime else {}))
        function = SandboxedFunctions(hurried).create(files or {"app.py": code}, settings, layers=[layer])
        made.append(function)
        return function

    yield make
    for function in made:
        function.close()


def environment(function: SandboxedFunction) -> ExecutionEnvironment:
    """The one environment that waits for its next event."""
    (found,) = function.pool.idle
    return found


def said(invocation: Invocation) -> list[str]:
    """What extensions printed."""
    return [event.text for event in invocation.log if event.source == "extension"]


def platform(invocation: Invocation) -> list[str]:
    """Lambda's own lines about extensions."""
    return [event.text for event in invocation.log if event.source == "platform" and event.text.startswith("EXT")]


def test_a_bash_extension_hears_of_each_invocation(beside: WithExtensions) -> None:
    """An executable in /opt/extensions is started, registers, and is told of every event with its request id."""
    function = beside(watcher=BASH)
    first, second = function.invoke(1), function.invoke(2)
    assert (first.payload, second.payload) == ({"answer": 1}, {"answer": 2})
    for invocation in (first, second):
        (line,) = [text for text in said(invocation) if "INVOKE" in text]
        assert f'"requestId": "{invocation.report.request_id}"' in line
        assert '"invokedFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:function"' in line
        assert '"tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-' in line
    assert platform(first) == ["EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"]
    assert platform(second) == []


def test_an_extension_that_stops_all_others_stops_no_limit(beside: WithExtensions) -> None:
    """A custom runtime that is stopped before it begins is late, as any other: INIT ends, and everything with it."""
    stopping = "os.kill(-1, 19)\nregister('INVOKE')\nos.kill(-1, 19)\nnext_event()\n"
    function = beside(
        stopping=f"try:\n{textwrap.indent(stopping, '    ')}except ProcessLookupError:\n    time.sleep(60)\n",
        files={"bootstrap": "#!/bin/sh\nexit 3\n"},
        runtime="provided.al2023",
        timeout=1,
    )
    invocation = function.invoke({})
    assert any("Phase: init\tStatus: timeout" in line for line in invocation.log_lines)
    assert invocation.error_type in ("Sandbox.Timedout", "Runtime.ExitError")


def test_registration_tells_of_the_function(beside: WithExtensions) -> None:
    """Name, version and handler; the account only where it was asked for; no variable that is the runtime's."""
    function = beside(
        plain="print(register('INVOKE'), os.environ.get('_HANDLER'), flush=True)\n" + LOOP,
        asks="print(register(Lambda_Extension_Accept_Feature='a, accountId')['accountId'], flush=True)\n" + LOOP,
    )
    first = function.invoke({})
    assert "{'functionName': 'function', 'functionVersion': '$LATEST', 'handler': 'app.handler'} None" in said(first)
    assert "123456789012" in said(first)
    assert [line.split("\t")[1:] for line in platform(first)] == [
        ["Name: asks", "State: Ready", "Events: []"],
        ["Name: plain", "State: Ready", "Events: [INVOKE]"],
    ]


def test_an_extensions_time_counts(beside: WithExtensions) -> None:
    """INVOKE lasts until the last extension asks for its next event; Duration and the bill say so."""
    slow = "register('INVOKE')\nwhile True:\n    next_event()\n    time.sleep(0.3)\n"
    function = beside(slow=slow, quick="register('INVOKE')\n" + LOOP)
    for _ in range(2):
        report = function.invoke({}).report
        assert report.duration_ms >= 300
        assert report.billed_duration_ms >= 300


def test_init_waits_for_extensions(beside: WithExtensions) -> None:
    """INIT is over when everybody has asked for the first event, and the runtime starts after the registrations."""
    code = "import time\nstarted = time.time()\ndef handler(event, context):\n    return started\n"
    late = "time.sleep(0.3)\nprint(time.time())\nregister('INVOKE')\ntime.sleep(0.3)\n" + LOOP
    invocation = beside(code, late=late).invoke({})
    assert invocation.report.init_duration_ms is not None
    assert invocation.report.init_duration_ms >= 600
    assert invocation.payload > float(said(invocation)[0])


def test_an_extension_that_never_registers_holds_init_up_to_its_limit(beside: WithExtensions) -> None:
    """INIT times out, is run again under the function's timeout, and the caller is told of the timeout."""
    invocation = beside(HANDLER, mute="time.sleep(60)\n", timeout=1).invoke({})
    assert invocation.error_type == "Sandbox.Timedout"
    assert "EXTENSION\tName: mute\tState: Started\tEvents: []" in invocation.log_lines
    assert re.search("INIT_REPORT .*\tPhase: init\tStatus: timeout", "\n".join(invocation.log_lines))


def test_an_extension_that_crashes_in_init_fails_it(beside: WithExtensions) -> None:
    """Extension.Crash stands in both INIT_REPORT lines, in REPORT and in what the caller gets."""
    invocation = beside(broken="register('INVOKE')\nprint('no key')\nsys.exit(7)\n").invoke({})
    log = "\n".join(invocation.log_lines)
    for phase in ("init", "invoke"):
        assert re.search(
            f"INIT_REPORT Init Duration: .*\tPhase: {phase}\tStatus: error\tError Type: Extension.Crash", log
        )
    assert "EXTENSION\tName: broken\tState: Exited\tEvents: [INVOKE]" in invocation.log_lines
    assert (invocation.report.status, invocation.report.error_type) == ("error", "Extension.Crash")
    assert invocation.report.init_duration_ms is None
    assert invocation.payload["errorType"] == "Extension.Crash"
    assert invocation.payload["errorMessage"].endswith("Error: exit status 7")
    assert said(invocation) == ["no key", "no key"]


def test_an_extension_that_reports_an_error_in_init(beside: WithExtensions) -> None:
    """Extension.InitError, and in its EXTENSION line the type that it gave itself."""
    invocation = beside(broken="register()\nreport('init', 'Extension.NoKey')\nsys.exit(1)\n").invoke({})
    assert invocation.report.error_type == "Extension.InitError"
    line = "EXTENSION\tName: broken\tState: InitError\tEvents: []\tError Type: Extension.NoKey"
    assert line in invocation.log_lines


def test_an_extension_that_is_no_executable_fails_to_launch(beside: WithExtensions) -> None:
    """Extension.LaunchError."""
    invocation = beside(HANDLER, executable=False, plain=BASH).invoke({})
    assert invocation.report.error_type == "Extension.LaunchError"
    assert "EXTENSION\tName: plain\tState: LaunchError\tEvents: []" in invocation.log_lines


@pytest.mark.parametrize(
    ("end", "error_type"),
    [("sys.exit(3)", "Extension.Crash"), ("report('exit', 'Extension.Full'); sys.exit(3)", "Extension.ExitError")],
)
def test_an_extension_that_exits_in_invoke(beside: WithExtensions, end: str, error_type: str) -> None:
    """The environment is reset and the next invocation begins anew; REPORT names the extension's error."""
    text = f"""\
        register("INVOKE")
        next_event()
        if not os.path.exists("/tmp/once"):
            open("/tmp/once", "w").close()
            {end}
        """
    code = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'\n"
    function = beside(code, weak=textwrap.dedent(text) + LOOP)
    failed = function.invoke(1)
    assert (failed.report.status, failed.report.error_type) == ("error", error_type)
    assert (failed.function_error, failed.error_type) == ("Unhandled", error_type)
    again = function.invoke(0)
    assert (again.payload, again.report.status) == ("done", None)
    assert again.report.init_duration_ms is None


def test_a_response_given_in_time_is_the_callers(beside: WithExtensions) -> None:
    """The runtime has answered, then the extension outlasts the timeout: the caller has the response, REPORT the timeout."""
    function = beside(slow="register('INVOKE')\nnext_event()\ntime.sleep(60)\n", timeout=1)
    invocation = function.invoke("x")
    assert (invocation.payload, invocation.function_error) == ({"answer": "x"}, None)
    assert invocation.report.status == "timeout"
    assert invocation.report.duration_ms == 1000


def test_after_a_timeout_extensions_hear_of_shutdown(beside: WithExtensions) -> None:
    """The reset gives them time, after the runtime is gone; what they print then is in the log, before END."""
    code = "import time\ndef handler(event, context):\n    time.sleep(event)\n"
    function = beside(code, watcher="register('INVOKE', 'SHUTDOWN')\n" + LOOP, timeout=1)
    invocation = function.invoke(60)
    assert invocation.report.status == "timeout"
    assert invocation.report.duration_ms == 1000
    assert said(invocation) == ["INVOKE ", "SHUTDOWN timeout"]
    assert invocation.log_lines[-2].startswith("END")
    assert function.invoke(0).report.status is None


def test_after_a_crash_extensions_hear_of_a_failure(beside: WithExtensions) -> None:
    """The runtime exits: shutdownReason is failure."""
    code = "import os\ndef handler(event, context):\n    os._exit(1)\n"
    invocation = beside(code, watcher="register('SHUTDOWN')\n" + LOOP).invoke({})
    assert invocation.report.error_type == "Runtime.ExitError"
    assert said(invocation) == ["SHUTDOWN failure"]


def test_spindown_asks_the_runtime_and_then_extensions(beside: WithExtensions) -> None:
    """SIGTERM to the runtime, SHUTDOWN to extensions; what they print is kept as the environment's last words."""
    code = (
        "import signal, sys\ndef end(*_):\n    print('runtime: bye')\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\ndef handler(event, context): pass\n"
    )
    function = beside(code, watcher="register('SHUTDOWN')\n" + LOOP)
    function.invoke({})
    found = environment(function)
    function.renew()
    assert [(event.source, event.text) for event in found.last_words] == [
        ("function", "runtime: bye"),
        ("extension", "SHUTDOWN spindown"),
    ]


def test_who_does_not_end_in_time_is_killed(beside: WithExtensions) -> None:
    """SHUTDOWN is limited: an extension that goes on is gone with the environment."""
    text = "register('SHUTDOWN')\nprint(next_event()['eventType'], flush=True)\ntime.sleep(15)\nprint('survived')\n"
    function = beside(stubborn=text, shutdown=500)
    function.invoke({})
    found = environment(function)
    first = found.first_process
    function.renew()
    assert [event.text for event in found.last_words] == ["SHUTDOWN"]
    deadline = time.monotonic() + 10
    while Path(f"/proc/{first}/root/opt").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{first}/root/opt").exists()


def test_shutdown_lasts_no_longer_than_its_extensions(beside: WithExtensions) -> None:
    """Who has come to an end is not waited for."""
    function = beside(watcher="register('SHUTDOWN')\n" + LOOP, shutdown=120_000)
    function.invoke({})
    begun = time.monotonic()
    function.renew()
    assert time.monotonic() - begun < 60


def test_without_interest_in_shutdown_nothing_waits(beside: WithExtensions) -> None:
    """An extension for INVOKE alone is killed with the environment."""
    function = beside(watcher="register('INVOKE')\n" + LOOP)
    function.invoke({})
    found = environment(function)
    function.renew()
    assert found.last_words == ()


INTERNAL = CLIENT.replace("os.path.basename(__file__)", "'inside'") + textwrap.dedent("""\
    import threading
    register("INVOKE")
    heard = []

    def listen():
        while True:
            event = next_event()
            time.sleep(0.2)
            heard.append(event["requestId"])

    threading.Thread(target=listen, daemon=True).start()

    def handler(event, context):
        return [context.aws_request_id, list(heard)]
    """)


def test_an_internal_extension_takes_part(create: Create) -> None:
    """A thread of the runtime registers itself, hears of each invocation, and its time counts."""
    function = create(INTERNAL)
    first = function.invoke({})
    second = function.invoke({})
    assert first.payload == [first.report.request_id, []]
    assert second.payload == [second.report.request_id, [first.report.request_id]]
    assert min(first.report.duration_ms, second.report.duration_ms) >= 200
    assert "EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]" in first.log_lines


def test_calls_out_of_order_are_refused(create: Create) -> None:
    """No identifier, SHUTDOWN from inside, a registration after INIT: 403 with Lambda's error types."""
    code = CLIENT.replace("os.path.basename(__file__)", "'inside'") + textwrap.dedent("""\
        import urllib.error

        def refused(act, *arguments):
            try:
                return act(*arguments)
            except urllib.error.HTTPError as error:
                return [error.code, json.loads(error.read())["errorType"]]

        early = [refused(next_event), refused(register, "SHUTDOWN")]

        def handler(event, context):
            return [*early, refused(register, "INVOKE")]
        """)
    assert create(code).invoke({}).payload == [
        [403, "Extension.MissingExtensionIdentifier"],
        [403, "Extension.InvalidEventType"],
        [403, "Extension.RegistrationClosed"],
    ]


def test_extensions_share_the_functions_limits(beside: WithExtensions) -> None:
    """Memory of an extension counts, and what is read-only for the function is so for it."""
    greedy = "register('INVOKE')\nnext_event()\nkept = [bytes([1]) * (1 << 20) for _ in range(400)]\n" + LOOP
    invocation = beside(greedy=greedy, memory_size=256).invoke({})
    assert (invocation.report.status, invocation.report.error_type) == ("error", "Runtime.OutOfMemory")
    curious = """\
        register()
        try:
            open("/opt/mine", "w")
        except OSError as error:
            print(error.errno, os.getuid(), os.getcwd(), flush=True)
        """
    assert said(beside(curious=textwrap.dedent(curious) + LOOP).invoke({})) == ["30 993 /var/task"]


BOOTSTRAP = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
    event=$(curl -sS -D /tmp/headers "$api/next")
    id=$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
    curl -sS -o /dev/null "$api/$id/response" -d "$event"
done
"""


def test_a_custom_runtime_has_company_too(beside: WithExtensions) -> None:
    """One server answers the runtime and the extensions, and a slow one's time counts."""
    if not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("this host has no bash with curl")
    slow = "register('INVOKE')\nwhile True:\n    print(next_event()['requestId'], flush=True)\n    time.sleep(0.3)\n"
    function = beside(files={"bootstrap": BOOTSTRAP}, runtime="provided.al2023", slow=slow)
    for event in ("one", "two"):
        invocation = function.invoke(event)
        assert invocation.payload == event
        assert said(invocation) == [invocation.report.request_id]
        assert invocation.report.duration_ms >= 300


def test_several_extensions_each_hear_of_everything(beside: WithExtensions) -> None:
    """Ten are allowed; one more fails to launch."""
    text = "register('INVOKE')\n" + LOOP
    ten = {f"number-{number}": text for number in range(10)}
    assert said(beside(**ten).invoke({})) == ["INVOKE "] * 10
    eleven = beside(**ten, last=text).invoke({})
    assert eleven.report.error_type == "Extension.LaunchError"


def test_a_whole_life_leaves_nothing_open(beside: WithExtensions) -> None:
    """Descriptors and threads of the tutor are as before: after resets, a failure and a shutdown."""
    code = "import os\ndef handler(event, context):\n    if event: os._exit(1)\n"
    text = "register('INVOKE', 'SHUTDOWN')\n" + LOOP
    before = [len(os.listdir("/proc/self/fd")), threading.active_count()]
    for _ in range(2):
        function = beside(code, watcher=text)
        for event in (0, 1, 0, 1):
            function.invoke(event)
        function.close()
        time.sleep(0.2)  # environments are made ahead meanwhile
    after = [len(os.listdir("/proc/self/fd")), threading.active_count()]
    assert after[0] <= before[0] + 8
    assert after[1] <= before[1] + 1


AS_USER = """
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunctions
settings = FunctionConfiguration("app.handler", 1769, 2, 512, "python3")
code = {"app.py": "import os, time\\ndef handler(event, context):\\n    time.sleep(event)\\n    return os.getuid()"}
quotas = Quotas(**json.loads(sys.argv[2]))
function = SandboxedFunctions(quotas).create(code, settings, layers=[pathlib.Path(sys.argv[1], "layer")])
found = [function.invoke(event) for event in (0, 60, 0)]
function.close()
print(json.dumps([[one.payload, [event.text for event in one.log if event.source == "extension"]] for one in found]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_gets_extensions(create: Create, quotas: Quotas) -> None:
    """Registration, events, and the time that SHUTDOWN gives need no root."""
    create(HANDLER).invoke({})
    python = python_of(USER)
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        extension = Path(folder, "layer", "extensions", "watcher")
        extension.parent.mkdir(parents=True)
        extension.write_text("#!/var/lang/bin/python3\n" + CLIENT + "register('INVOKE', 'SHUTDOWN')\n" + LOOP)
        extension.chmod(0o755)
        command = [python, "-c", AS_USER, folder, json.dumps(asdict(quotas))]
        environment = {"TUTOR_HOME": f"{folder}/home", "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], capture_output=True, text=True, env=environment, cwd="/"
        )
    assert ran.returncode == 0, ran.stderr
    first, late, again = json.loads(ran.stdout)
    assert (first, again) == ([993, ["INVOKE "]], [993, ["INVOKE "]])
    assert late[0]["errorType"] == "Sandbox.Timedout"
    assert late[1] == ["INVOKE ", "SHUTDOWN timeout"]
