"""Python as a runtime: which interpreter runs, how handlers are found and called, and what odd ones do."""

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor import locations
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.awslambda.runtime import Runtimes
from tutor.content.runtimes import read_runtimes
from tutor.errors import ServiceError, UsageError
from tutor.sandbox import interpreter
from tutor.sandbox.interpreter import host_interpreter, interpreter_for, minor_version

TODAY = date(2026, 11, 21)
OWN = host_interpreter().runtime
HANDLER = "def handler(event, context): return event"


@pytest.fixture
def runtimes() -> Runtimes:
    """Those that are shipped."""
    return read_runtimes(locations.content_root())


def test_a_runtime_that_is_blocked_is_refused_in_awss_words(runtimes: Runtimes) -> None:
    """Blocked for long, or from the day on which creating is blocked; the day before it is taken."""
    with pytest.raises(ServiceError) as refused:
        runtimes.find("python3.7", TODAY)
    assert refused.value.code == "InvalidParameterValueException"
    assert refused.value.message == (
        "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. "
        "We recommend you use a supported runtime while creating or updating functions."
    )
    assert runtimes.find("python3.9", date(2027, 1, 31)).id == "python3.9"
    with pytest.raises(ServiceError, match=r"The runtime parameter of python3\.9 is no longer supported"):
        runtimes.find("python3.9", date(2027, 2, 1))


def test_a_deprecated_runtime_is_known_as_such(runtimes: Runtimes) -> None:
    """Between deprecation and block a function can be made, and one is told."""
    assert runtimes.find("python3.10", TODAY).deprecated(TODAY)
    assert not runtimes.find("python3.10", date(2026, 10, 30)).deprecated(date(2026, 10, 30))
    assert not runtimes.find("python3.13", TODAY).deprecated(TODAY)


@pytest.mark.parametrize(
    ("written", "near"), [("pyhton3.12", "python3.12"), ("Python3.12", "python3.12"), ("node22", "nodejs22.x")]
)
def test_a_runtime_that_never_was_has_a_neighbour(runtimes: Runtimes, written: str, near: str) -> None:
    """The nearest name that AWS would take is given, and all that are supported."""
    with pytest.raises(UsageError, match=re.escape(f"did you mean {near!r}?")) as refused:
        runtimes.find(written, TODAY)
    assert "python3.9" not in str(refused.value)
    assert "python3.14" in str(refused.value)


def test_the_tutors_own_python_is_taken_where_it_is_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without looking for others; and for what is no Python."""
    monkeypatch.setattr(interpreter, "_found", lambda _name: pytest.fail("looked"))
    interpreter_for.cache_clear()
    assert interpreter_for(OWN) == host_interpreter()
    assert interpreter_for("nodejs22.x") == host_interpreter()
    assert host_interpreter().notes(OWN) == ()
    interpreter_for.cache_clear()


def test_the_nearest_python_is_taken_where_the_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither far away nor too old for what runs inside."""
    own = minor_version(OWN)
    monkeypatch.setattr(interpreter, "_found", lambda _name: None)
    interpreter_for.cache_clear()
    assert interpreter_for(f"python3.{own + 1}") == host_interpreter()
    asked: list[str] = []
    monkeypatch.setattr(interpreter, "_found", asked.append)
    interpreter_for.cache_clear()
    interpreter_for(f"python3.{own + 3}")
    assert asked[0] == f"python3.{own + 3}"
    assert OWN not in asked
    interpreter_for.cache_clear()


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 127\n", "#!/bin/sh\necho nonsense\n", "#!/bin/sh\necho '[1]'\n", ""])
def test_a_program_that_only_has_the_name_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Shims that find nothing and broken links are no interpreters."""
    (tmp_path / "python3.77").write_text(text)
    (tmp_path / "python3.77").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert interpreter._found("python3.77") is None


def _others() -> list[str]:
    return [name for minor in range(10, 16) if (name := f"python3.{minor}") != OWN and interpreter._found(name)]


@pytest.mark.parametrize("runtime", _others() or ["none"])
def test_another_python_of_this_host_runs_its_own_runtime(create: Create, runtime: str) -> None:
    """The very version that was asked for, with the SDK, its own lines, and nothing to be noted."""
    if runtime == "none":
        pytest.skip("this host has no other Python from 3.10 on")
    code = (
        "import os, sys\nimport boto3\n"
        "def handler(event, context): return ['python%d.%d' % sys.version_info[:2], os.environ['AWS_EXECUTION_ENV']]"
    )
    invocation = create(code, runtime=runtime, memory_size=512, timeout=30).invoke({})
    assert invocation.payload == [runtime, f"AWS_Lambda_{runtime}"]
    assert invocation.notes == ()
    assert invocation.log_lines[0].startswith(f"INIT_START Runtime Version: {runtime.replace('python', 'python:')}.v")


def test_code_for_a_python_that_is_not_here_runs_on_the_nearest_and_says_so(create: Create) -> None:
    """The invocation has a note for a person, and the environment names what really runs."""
    code = "import os, sys\ndef handler(event, context): return os.environ['AWS_EXECUTION_ENV'].split('_')[-1]"
    invocation = create(code, runtime="python3.99").invoke({})
    assert invocation.notes == (
        f"This host has no python3.99 to use: the function runs on {invocation.payload}, the nearest one here.",
    )
    assert invocation.configuration["runtime"] == "python3.99"


def test_invoke_says_on_which_python_it_ran(tmp_path: Path, create: Create) -> None:
    """On stderr, once, whatever the count; a runtime that AWS refuses ends with 2 and no line."""
    (tmp_path / "app.py").write_text(HANDLER)

    def run(*flags: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tutor", "invoke", str(tmp_path / "app.py"), *flags]
        return subprocess.run(command, capture_output=True, text=True)

    newest = run("--runtime", "python3.14", "--count", "2", "--json")
    assert newest.returncode == 0
    assert len(newest.stdout.splitlines()) == 2
    assert newest.stderr.count("This host has no python3.14") == (0 if interpreter._found("python3.14") else 1)
    blocked = run("--runtime", "python3.7")
    assert (blocked.returncode, blocked.stdout) == (2, "")
    assert "The runtime parameter of python3.7 is no longer supported" in blocked.stderr
    unknown = run("--runtime", "python312")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "did you mean 'python3.12'?" in unknown.stderr


@pytest.mark.parametrize(
    ("name", "error_type", "message"),
    [
        ("app", "Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
        ("sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("nope.handler", "Runtime.ImportModuleError", "Unable to import module 'nope': No module named 'nope'"),
        ("app.nope", "Runtime.HandlerNotFound", "Handler 'nope' missing on module 'app'"),
        ("sub/deep.nope", "Runtime.HandlerNotFound", "Handler 'nope' missing on module 'sub/deep'"),
        ("bad.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'bad': "),
        ("tabs.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'tabs': "),
        ("raises.handler", "ZeroDivisionError", "division by zero"),
        ("imports.handler", "Runtime.ImportModuleError", "Unable to import module 'imports': No module named 'absent'"),
        (".handler", "ValueError", "Empty module name"),
        ("app.", "Runtime.HandlerNotFound", "Handler '' missing on module 'app'"),
    ],
)
def test_a_handler_that_cannot_be_loaded(create: Create, name: str, error_type: str, message: str) -> None:
    """Each mistake has Lambda's own type and words; there is no request yet."""
    files = {
        "app.py": HANDLER,
        "sub/deep.py": "",
        "bad.py": "def handler(:\n",
        "tabs.py": "if True:\n\tx = 1\n        y = 2\n",
        "raises.py": "1 / 0",
        "imports.py": "import absent",
    }
    invocation = create(files, handler=name).invoke({})
    assert (invocation.error_type, invocation.payload["requestId"]) == (error_type, "")
    assert (invocation.error_message or "").startswith(message)
    assert invocation.report.error_type == error_type


def test_a_syntax_errors_place_is_its_trace(create: Create) -> None:
    """File, line and text, as Lambda words it."""
    payload = create("x = 1\ndef handler(:\n").invoke({}).payload
    assert payload["stackTrace"] == ['  File "/var/task/app.py" Line 2\n    def handler(:']


def test_modules_are_found_by_slash_and_by_dot(create: Create) -> None:
    """``src/app.handler`` and ``src.app.handler`` are the same."""
    files = {"src/app.py": HANDLER, "src/__init__.py": ""}
    for name in ("src/app.handler", "src.app.handler"):
        assert create(files, handler=name).invoke(1).payload == 1


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("async def handler(e, c): pass", "Runtime.MarshalError", "Object of type coroutine is not JSON serializable"),
        ("def handler(e, c): yield 1", "Runtime.MarshalError", "Object of type generator is not JSON serializable"),
        ("def handler(e, c): return {1, 2}", "Runtime.MarshalError", "Object of type set is not JSON serializable"),
        ("def handler(e, c): return {(1,): 2}", "Runtime.MarshalError", "keys must be str, int, float, bool or None"),
        (
            "def handler(e, c):\n    x = []\n    x.append(x)\n    return x",
            "Runtime.MarshalError",
            "Circular reference detected",
        ),
        (
            "def handler(e, c):\n    x = []\n    for _ in range(100_000): x = [x]\n    return x",
            "Runtime.MarshalError",
            "maximum recursion depth exceeded",
        ),
        ("handler = 5", "TypeError", "'int' object is not callable"),
        ("def handler(): pass", "TypeError", "handler() takes 0 positional arguments but 2 were given"),
        ("def handler(e, c): return handler(e, c)", "RecursionError", "maximum recursion depth exceeded"),
        ("def handler(e, c): raise ExceptionGroup('two', [ValueError(1), TypeError(2)])", "ExceptionGroup", "two (2 s"),
        (
            "class E(Exception):\n    def __str__(self): 1 / 0\ndef handler(e, c): raise E",
            "E",
            "<exception str() failed>",
        ),
        ("def handler(e, c): raise ValueError", "ValueError", ""),
        ("def handler(e, c): raise ValueError('\\udcff\\x00é')", "ValueError", "\udcff\x00é"),
        ("def handler(e, c): assert False, 'no'", "AssertionError", "no"),
    ],
)
def test_what_a_handler_can_do_wrong(create: Create, code: str, error_type: str, message: str) -> None:
    """The error has its type and words, and the environment serves the next event."""
    function = create(code, timeout=20, memory_size=512)
    for _ in range(2):
        invocation = function.invoke({})
        assert (invocation.function_error, invocation.error_type) == ("Unhandled", error_type)
        said = (invocation.error_message or "").removeprefix("Unable to marshal response: ")
        assert said.startswith(message)
        assert invocation.payload["requestId"] == invocation.report.request_id
    assert not invocation.cold


def test_a_failing_import_shows_how_it_was_imported(create: Create) -> None:
    """As recorded: the way through the import machinery first, the module's own line last."""
    trace = create("raise ValueError('at import')").invoke({}).payload["stackTrace"]
    assert "importlib/__init__.py" in trace[0]
    assert trace[1].startswith('  File "<frozen importlib._bootstrap>", line ')
    assert trace[-1] == "  File \"/var/task/app.py\", line 1, in <module>\n    raise ValueError('at import')\n"


def test_a_trace_shows_the_functions_frames_alone(create: Create) -> None:
    """From the handler inwards, and of a chain the last error."""
    code = (
        "def inner():\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise ValueError('x') from e\n"
        "def handler(event, context):\n    inner()\n"
    )
    trace = create(code).invoke({}).payload["stackTrace"]
    assert [re.findall(r"line \d+, in \w+", frame)[0] for frame in trace] == ["line 7, in handler", "line 5, in inner"]


def test_a_deep_trace_is_folded(create: Create) -> None:
    """A thousand equal frames are told in a few lines, as the traceback module does."""
    payload = create("def handler(e, c): return handler(e, c)").invoke({}).payload
    assert any("Previous line repeated" in line for line in payload["stackTrace"])
    assert len(payload["stackTrace"]) < 10


@pytest.mark.parametrize(
    ("value", "payload"),
    [
        ("None", None),
        ("b'{\"raw\": 1}'", {"raw": 1}),
        ("b'no json'", "no json"),
        ("__import__('decimal').Decimal('1.5')", 1.5),
        ("(1, 'é', True)", [1, "é", True]),
        ("{1: 2}", {"1": 2}),
        ("'\\udcff'", "\udcff"),
        ("__import__('enum').IntEnum('E', 'A').A", 1),
    ],
)
def test_what_a_handler_may_return(create: Create, value: str, payload: Any) -> None:
    """JSON values, tuples, decimals, and bytes, which pass as they are."""
    assert create(f"def handler(e, c): return {value}").invoke({}).payload == payload


def test_not_a_number_is_no_json(create: Create) -> None:
    """NaN passes the runtime as AWS's own marshaller lets it; what the caller gets is no JSON, so it is told as text."""
    invocation = create("def handler(e, c): return [float('nan'), float('inf')]").invoke({})
    assert (invocation.function_error, invocation.payload) == (None, "[NaN, Infinity]")


def test_a_trace_id_is_set_for_each_event(create: Create) -> None:
    """In X-Ray's form, another for each event, absent while the module is loaded."""
    code = (
        "import os\nname = '_X_AMZN_TRACE_ID'\nat_import = os.environ.get(name)\n"
        "def handler(event, context): return [at_import, os.environ[name]]"
    )
    function = create(code)
    first, second = function.invoke({}).payload, function.invoke({}).payload
    form = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0"
    assert first[0] is None
    assert re.fullmatch(form, first[1])
    assert first[1] != second[1]


def test_a_direct_callers_context_is_passed_on(create: Create) -> None:
    """With its three parts; without one there is None; what is no object is refused in Lambda's words."""
    code = (
        "def handler(event, context):\n    c = context.client_context\n"
        "    return c and [c.custom, c.env, c.client.app_title, c.client.installation_id]"
    )
    function = create(code)
    given = {"custom": {"a": 1}, "env": {"locale": "de"}, "client": {"app_title": "App"}}
    assert function.invoke({}, InvocationRequest(client_context=given)).payload == [
        {"a": 1},
        {"locale": "de"},
        "App",
        None,
    ]
    assert function.invoke({}).payload is None
    refused = function.invoke({}, InvocationRequest(client_context=[1]))
    assert refused.error_type == "Runtime.LambdaContextUnmarshalError"
    assert (refused.error_message or "").startswith("Unable to parse Client Context JSON: ")


def test_an_exit_in_a_thread_ends_the_thread_alone(create: Create) -> None:
    """SystemExit in a thread is that thread's end; an exception in one is printed."""
    code = (
        "import threading\ndef stop(): raise SystemExit(3)\ndef fail(): raise ValueError('in a thread')\n"
        "def handler(event, context):\n    for work in (stop, fail):\n"
        "        thread = threading.Thread(target=work)\n        thread.start()\n        thread.join()\n    return 'alive'"
    )
    invocation = create(code).invoke({})
    assert invocation.payload == "alive"
    assert "ValueError: in a thread" in invocation.printed


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "BaseException"])
def test_what_is_no_exception_ends_the_runtime(create: Create, error: str) -> None:
    """Only ``Exception`` is caught, as in AWS's client; the next event starts anew."""
    function = create(f"def handler(event, context):\n    if event: raise {error}\n    return 'fine'")
    invocation = function.invoke({"x": 1})
    assert invocation.error_type == "Runtime.ExitError"
    assert any(error in line for line in invocation.printed)
    assert function.invoke({}).payload == "fine"


def test_the_context_is_complete(create: Create) -> None:
    """Every member of today's runtime, with its type."""
    code = (
        "def handler(event, context):\n"
        "    names = [n for n in dir(context) if not n.startswith('_')]\n"
        "    values = {n: getattr(context, n) for n in names}\n"
        "    return {n: type(v).__name__ if not callable(v) else 'method' for n, v in values.items()}"
    )
    assert create(code).invoke({}).payload == {
        "aws_request_id": "str",
        "client_context": "NoneType",
        "function_name": "str",
        "function_version": "str",
        "get_remaining_time_in_millis": "method",
        "identity": "CognitoIdentity",
        "invoked_function_arn": "str",
        "log": "method",
        "log_group_name": "str",
        "log_stream_name": "str",
        "memory_limit_in_mb": "str",
        "tenant_id": "NoneType",
        "w3c": "method",
    }


def test_the_runtimes_own_modules_do_not_get_in_the_way(create: Create) -> None:
    """A function may name its files as it likes, even like parts of the tutor or of the standard library."""
    names = ("tutor", "zygote", "wire", "init", "log", "records", "main", "runtime", "filesystem", "packing")
    files = {f"{name}.py": f"NAME = {name!r}" for name in names}
    files["app.py"] = f"import {', '.join(names)}\ndef handler(e, c): return [m.NAME for m in ({', '.join(names)})]"
    assert create(files).invoke({}).payload == list(names)


def test_what_awss_client_documents_is_so(create: Create) -> None:
    """Where its package is installed beside the tests, its own marshaller is asked for the same answers."""
    marshaller = pytest.importorskip("awslambdaric.lambda_runtime_marshaller")
    values = ["None", "{'a': [1, 2.5, None, True]}", "'é'", "__import__('decimal').Decimal('2.50')"]
    for value in values:
        theirs = json.loads(marshaller.LambdaMarshaller().marshal_response(eval(value))[0])
        assert create(f"def handler(e, c): return {value}").invoke({}).payload == theirs


def test_a_copy_of_the_shell_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers with another version than its name says is not that interpreter."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "python3.77").symlink_to(sys.executable)
    assert shutil.which("python3.77")
    assert interpreter._found("python3.77") is None
