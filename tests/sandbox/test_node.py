"""Node.js handlers: modules of both kinds, promises and callbacks, the context, errors, the log, and streams."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.errors import HostError
from tutor.sandbox import node, runtime_program
from tutor.sandbox.functions import SandboxedFunction

Make = Callable[..., SandboxedFunction]
ES, COMMON = "index.mjs", "index.cjs"


@pytest.fixture
def nodejs(create: Create) -> Make:
    """Makes Node.js functions from the text of a module, or from files; they have a full processor."""
    if node.host_node() is None:
        pytest.skip("this host has no Node.js")

    def make(code: str | Mapping[str, str] | Path, name: str = ES, **settings: Any) -> SandboxedFunction:
        files = {name: code} if isinstance(code, str) else code
        defaults: dict[str, Any] = {
            "runtime": "nodejs22.x",
            "handler": "index.handler",
            "memory_size": 1769,
            "timeout": 5,
        }
        return create(files, **{**defaults, **settings})

    return make


@pytest.mark.parametrize(
    "files",
    [
        {"index.mjs": "export const handler = async (event) => [event];"},
        {"index.js": "await 0; export const handler = async (event) => [event];", "package.json": '{"type": "module"}'},
        {"index.js": "exports.handler = async (event) => [event];"},
        {"index.cjs": "exports.handler = async (event) => [event];"},
        {"index.js": "module.exports = { handler: async (event) => [event] };", "package.json": '{"type": "commonjs"}'},
        {
            "index.mjs": "import {wrap} from './lib.mjs'; export const handler = wrap;",
            "lib.mjs": "export const wrap = async (e) => [e];",
        },
        {
            "index.js": "exports.handler = require('thing');",
            "node_modules/thing/index.js": "module.exports = async (e) => [e];",
        },
    ],
)
def test_modules_of_both_kinds_load(nodejs: Make, files: Mapping[str, str]) -> None:
    """ES modules by name or by package.json, CommonJS, and what either of them imports."""
    assert nodejs(files).invoke({"a": "ä"}).payload == [{"a": "ä"}]


@pytest.mark.parametrize("handler", ["src/deep/app.handler", "src/deep/app.tools.handler"])
def test_a_handlers_name_is_a_path_and_then_properties(nodejs: Make, handler: str) -> None:
    """Folders in front of the last slash, the module up to the first dot, then one property after another."""
    code = "const handler = async () => 'found'; exports.handler = handler; exports.tools = { handler };"
    assert nodejs({"src/deep/app.js": code}, handler=handler).invoke().payload == "found"


def test_a_layer_brings_node_modules(create: Create, nodejs: Make) -> None:
    """``/opt/nodejs/node_modules`` is searched by ``require``."""
    layer = {"nodejs/node_modules/extra/index.js": "module.exports = 7;"}
    code = {"index.js": "exports.handler = async () => require('extra');"}
    settings = {"runtime": "nodejs22.x", "handler": "index.handler", "memory_size": 1769}
    assert create(code, layers=[layer], **settings).invoke().payload == 7


def test_es_modules_find_a_layer_s_packages(create: Create, nodejs: Make) -> None:
    """``import`` searches ``/opt/nodejs/node_modules`` after the function's own folders; what is nowhere is told."""
    layer = {
        "nodejs/node_modules/extra/index.js": "module.exports = 7;",
        "nodejs/node_modules/own/index.js": "module.exports = 'of the layer';",
        "nodejs/node_modules/@deep/es/package.json": '{"type": "module", "exports": {"./seven": "./seven.js"}}',
        "nodejs/node_modules/@deep/es/seven.js": "import extra from 'extra'; export const seven = extra;",
    }
    code = (
        "import extra from 'extra'; import own from 'own'; import { seven } from '@deep/es/seven';"
        "export const handler = async () => [extra, own, seven, await import('nowhere').catch((e) => e.code)];"
    )
    files = {"index.mjs": code, "node_modules/own/index.js": "module.exports = 'its own';"}
    settings = {"runtime": "nodejs22.x", "handler": "index.handler", "memory_size": 1769}
    found = create(files, layers=[layer], **settings).invoke().payload
    assert found == [7, "its own", 7, "ERR_MODULE_NOT_FOUND"]


def test_module_state_survives_and_init_is_told_once(nodejs: Make) -> None:
    """A warm start does not load the module again, and Node.js is named by its real version."""
    found = node.host_node()
    assert found is not None
    function = nodejs("console.log('loading'); let n = 0; export const handler = async () => ++n;")
    first, second = function.invoke(), function.invoke()
    assert (first.payload, second.payload) == (1, 2)
    assert first.log_lines[0].startswith(f"INIT_START Runtime Version: nodejs:{found.version}.v")
    assert sum("\tloading" in line for line in (*first.log_lines, *second.log_lines)) == 1
    assert first.report.init_duration_ms is not None
    assert second.report.init_duration_ms is None


def test_the_context_has_lambdas_members(nodejs: Make) -> None:
    """Names in camelCase, the time that is left as a function, the memory as text."""
    code = """export const handler = async (event, context) => ({
        ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID,
        env: process.env.AWS_EXECUTION_ENV, cwd: process.cwd(), uid: process.getuid() });"""
    invocation = nodejs(code).invoke()
    found = invocation.payload
    assert found["awsRequestId"] == invocation.report.request_id
    assert found["functionName"] == "function"
    assert found["functionVersion"] == "$LATEST"
    assert found["memoryLimitInMB"] == "1769"
    assert found["invokedFunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:function"
    assert found["logGroupName"] == "/aws/lambda/function"
    assert "[$LATEST]" in found["logStreamName"]
    assert found["callbackWaitsForEmptyEventLoop"] is True
    assert 0 < found["left"] <= 5000
    assert found["trace"].startswith("Root=1-")
    assert (found["env"], found["cwd"], found["uid"]) == ("AWS_Lambda_nodejs22.x", "/var/task", 993)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("exports.handler = (event, context, callback) => callback(null, 'called')", "called"),
        ("exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'later'), 50)", "later"),
        (
            "exports.handler = (event, context, callback) => { setTimeout(() => { globalThis.x = 1 }, 50); callback(null, 1) }",
            1,
        ),
        ("exports.handler = (event, context) => context.succeed('old')", "old"),
        ("exports.handler = (event, context) => context.done(null, 'older')", "older"),
        ("exports.handler = (event, context, callback) => {}", None),
        ("exports.handler = () => 'a plain value is lost up to Node.js 22'", None),
        ("exports.handler = async () => undefined", None),
    ],
)
def test_callbacks_work_up_to_nodejs_22(nodejs: Make, code: str, expected: Any) -> None:
    """``callback``, the older functions of the context, and null where nothing was called back."""
    invocation = nodejs(code, COMMON).invoke()
    assert (invocation.function_error, invocation.payload) == (None, expected)


def test_a_callback_waits_for_the_event_loop_unless_told_otherwise(nodejs: Make) -> None:
    """``callbackWaitsForEmptyEventLoop``: by default timers end first; without it the answer goes at once."""
    code = """exports.handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = event.wait;
        setTimeout(() => console.log("the timer"), 400);
        callback(null, "answer"); };"""
    function = nodejs(code, COMMON)
    waited, at_once = function.invoke({"wait": True}), function.invoke({"wait": False})
    assert waited.report.duration_ms >= 400
    assert any(line.endswith("\tthe timer") for line in waited.log_lines)
    assert not any(line.endswith("\tthe timer") for line in at_once.log_lines)


def test_a_callback_with_an_error_is_a_function_error(nodejs: Make) -> None:
    """Errors that are passed on, and text in place of one."""
    function = nodejs(
        "exports.handler = (event, context, callback) => callback(event.text ?? new RangeError('far'))", COMMON
    )
    assert function.invoke().payload["errorType"] == "RangeError"
    assert function.invoke({"text": "plain"}).payload == {"errorType": "string", "errorMessage": "plain", "trace": []}


def test_nodejs_24_takes_plain_values_and_no_callbacks(nodejs: Make) -> None:
    """From Node.js 24 on what a plain function returns is the answer, and a third parameter is refused at INIT."""
    plain = nodejs("exports.handler = () => 'kept'", COMMON, runtime="nodejs24.x").invoke()
    assert plain.payload == "kept"
    refused = nodejs("exports.handler = (event, context, callback) => {}", COMMON, runtime="nodejs24.x").invoke()
    assert refused.report.error_type == "Runtime.CallbackHandlerDeprecated"


def test_an_error_has_its_type_message_and_trace(nodejs: Make) -> None:
    """The document's keys in AWS's order; the log has it as one event; the next invocation is warm."""
    code = "let n = 0;\nclass Odd extends Error { constructor(m) { super(m); this.name = 'Odd'; } }\nexport const handler = async () => { if (++n === 1) throw new Odd('no'); return n; };"
    function = nodejs(code)
    failed, after = function.invoke(), function.invoke()
    assert list(failed.payload) == ["errorType", "errorMessage", "trace"]
    assert (failed.payload["errorType"], failed.payload["errorMessage"]) == ("Odd", "no")
    assert failed.payload["trace"][0] == "Odd: no"
    assert "/var/task/index.mjs:3:" in failed.payload["trace"][1]
    logged = next(line for line in failed.log_lines if "\tERROR\t" in line)
    assert re.search(
        r'\tERROR\tInvoke Error \t\{"errorType":"Odd","errorMessage":"no","name":"Odd","stack":\["Odd: no",', logged
    )
    assert after.payload == 2


@pytest.mark.parametrize(
    ("handler", "asked_by"),
    [
        ("index.handler", "- /var/task/index.cjs\n- /var/runtime/index.mjs"),
        ("nowhere.handler", "- /var/runtime/index.mjs"),
    ],
)
def test_a_missing_module_is_told_with_who_asked_for_it(nodejs: Make, handler: str, asked_by: str) -> None:
    """The last to ask is the runtime's own file, as on AWS."""
    message = nodejs("require('left-pad')", COMMON, handler=handler).invoke().payload["errorMessage"]
    assert message.split("Require stack:\n")[1] == asked_by


@pytest.mark.parametrize(
    ("code", "handler", "error_type", "message"),
    [
        ("exports.other = 1", "index.handler", "Runtime.HandlerNotFound", "index.handler is undefined or not exported"),
        ("exports.handler = 1", "index.handler", "Runtime.HandlerNotFound", "index.handler is not a function"),
        ("exports.handler = 1", "nowhere.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'nowhere'"),
        ("require('left-pad')", "index.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'left-pad'"),
        ("exports.handler = {", "index.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
        ("throw new TypeError('at once')", "index.handler", "TypeError", "at once"),
        (
            "Promise.reject(1); exports.handler = () => {}",
            "index.handler",
            "Runtime.UnhandledPromiseRejection",
            "Error: 1",
        ),
        ("exports.handler = 1", "index", "Runtime.MalformedHandlerName", "Bad handler"),
        (
            "exports.handler = 1",
            "../index.handler",
            "Runtime.MalformedHandlerName",
            "'../index.handler' is not a valid",
        ),
    ],
)
def test_what_can_be_wrong_with_a_handler_has_its_name(
    nodejs: Make, code: str, handler: str, error_type: str, message: str
) -> None:
    """AWS's error types and texts for modules and handlers, at INIT and in the invocation."""
    invocation = nodejs(code, COMMON, handler=handler).invoke()
    assert invocation.payload["errorType"] == error_type
    assert invocation.payload["errorMessage"].startswith(message)
    assert invocation.report.error_type == error_type
    assert sum(line.startswith("INIT_REPORT") for line in invocation.log_lines) == 2


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        (
            "setTimeout(() => { throw new Error('later') }, 1); await new Promise(() => setInterval(() => {}, 1000))",
            "Error",
            "later",
        ),
        (
            "Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 500))",
            "Runtime.UnhandledPromiseRejection",
            "Error: lost",
        ),
        ("await new Promise(() => {})", "Runtime.NodeJsExit", "The Lambda runtime client detected"),
        ("return { toJSON() { throw new Error('x') } }", "Error", "Unable to stringify response body"),
        ("return 1n", "Error", "Unable to stringify response body"),
        ("process.exit(0)", "Runtime.ExitError", "RequestId: "),
    ],
)
def test_what_nobody_catches_is_reported(nodejs: Make, code: str, error_type: str, message: str) -> None:
    """Uncaught exceptions, lost promises, promises that never settle, values that are no JSON, and an exit."""
    function = nodejs("export const handler = async (event) => { if (event.ok) return 'ok'; " + code + " };")
    invocation = function.invoke({})
    assert invocation.payload["errorType"] == error_type
    assert invocation.payload["errorMessage"].startswith(message)
    assert function.invoke({"ok": True}).payload == "ok"


def test_the_console_writes_lambdas_lines(nodejs: Make) -> None:
    """Time, request id, level and message between tabs; several lines are one event; a level for each function."""
    code = "export const handler = async () => { console.log('a\\nb', {n: 1}); console.warn('w'); console.error('e'); console.debug('d'); console.info('%s!', 'i'); console.trace('t'); };"
    invocation = nodejs(code).invoke()
    events = [event.text for event in invocation.log if event.source == "function"]
    stamp = rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{invocation.report.request_id}\t"
    expected = [
        r"INFO\ta\nb \{ n: 1 \}",
        r"WARN\tw",
        r"ERROR\te",
        r"DEBUG\td",
        r"INFO\ti!",
        r"TRACE\tt",
    ]
    assert len(events) == len(expected)
    for event, pattern in zip(events, expected, strict=True):
        assert re.fullmatch(stamp + pattern, event)


def test_the_limits_hold(nodejs: Make) -> None:
    """A timeout, memory outside of the heap, and /tmp: ended or refused as for Python."""
    code = """import { writeFileSync } from "node:fs";
    const held = [];
    export const handler = async (event) => {
        if (event === "spin") for (;;);
        if (event === "hoard") for (;;) held.push(Buffer.alloc(8 << 20, 1));
        if (event === "disk") try { writeFileSync("/tmp/x", Buffer.alloc(600 << 20)); } catch (error) { return error.code; }
        return "fine"; };"""
    function = nodejs(code, timeout=1)
    assert function.invoke("spin").report.status == "timeout"
    assert function.invoke("fine").payload == "fine"
    assert nodejs(code, timeout=30).invoke("disk").payload == "ENOSPC"
    assert nodejs(code, memory_size=256, timeout=30).invoke("hoard").report.error_type == "Runtime.OutOfMemory"


def test_the_log_is_json_where_that_is_asked_for(nodejs: Make) -> None:
    """One object for each event of the log, errors by their parts, and nothing below the level."""
    code = """export const handler = async () => { console.debug("no"); console.log({ n: 1 });
        console.warn("%s of two", "one"); throw new TypeError("bad"); };"""
    invocation = nodejs(code, logging_format="JSON").invoke()
    records = [json.loads(event.text) for event in invocation.log if event.source == "function"]
    assert [(record["level"], record["requestId"]) for record in records] == [
        (level, invocation.report.request_id) for level in ("INFO", "WARN", "ERROR")
    ]
    assert [record["message"] for record in records[:2]] == [{"n": 1}, "one of two"]
    found = records[2]["message"]
    assert (found["errorType"], found["errorMessage"]) == ("TypeError", "bad")


STREAMING = """import { Readable } from "node:stream"; import { pipeline } from "node:stream/promises";
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
    if (event.fail === "before") throw new RangeError("before");
    if (event.type) stream.setContentType(event.type);
    if (event.http) stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
    stream.write('{"a": ');
    if (event.fail === "between") { await new Promise((r) => setTimeout(r, 50)); throw new RangeError("between"); }
    if (event.fail === "open") return;
    await pipeline(Readable.from(["1", "}"]), stream);
});"""


def test_a_response_is_streamed(nodejs: Make) -> None:
    """What is written piece by piece is the payload; an HTTP prelude stands in front of the body."""
    function = nodejs(STREAMING)
    assert function.invoke({"type": "application/json"}).payload == {"a": 1}
    assert function.invoke({"http": True}).payload == '{"statusCode":201}' + "\0" * 8 + '{"a": 1}'


@pytest.mark.parametrize(
    ("fail", "error_type"),
    [("before", "RangeError"), ("between", "RangeError"), ("open", "Runtime.InvalidStreamingOperation")],
)
def test_a_stream_that_fails_is_a_function_error(nodejs: Make, fail: str, error_type: str) -> None:
    """Before the first byte, in the middle, or left open; the runtime serves the next event."""
    function = nodejs(STREAMING)
    failed = function.invoke({"fail": fail})
    assert failed.function_error == "Unhandled"
    assert failed.payload["errorType"] == error_type
    assert function.invoke({}).payload == {"a": 1}


def test_another_version_than_asked_for_is_told(nodejs: Make) -> None:
    """A host has one Node.js; where it is another than the runtime's the invocation says so."""
    found = node.host_node()
    assert found is not None
    own = f"nodejs{found.version.split('.')[0]}.x"
    assert nodejs("export const handler = async () => 1;", runtime=own).invoke().notes == ()
    other = nodejs("export const handler = async () => 1;", runtime="nodejs26.x").invoke()
    assert other.notes == (
        f"This host has no nodejs26.x: the function runs on Node.js {found.version}, the one that it has.",
    )


def test_a_host_without_nodejs_says_so(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    """No verdict on the function: the host lacks something, and the sentence says what to do."""
    monkeypatch.setattr(runtime_program, "host_node", lambda: None)
    with pytest.raises(HostError, match=r"nodejs22\.x, and this host has no Node\.js"):
        create({"index.mjs": ""}, runtime="nodejs22.x", handler="index.handler").invoke()


@pytest.mark.parametrize(("name", "expected"), [("wrapper", "yes"), ("missing", None)])
def test_a_wrapper_script_starts_the_runtime(nodejs: Make, tmp_path: Path, name: str, expected: str | None) -> None:
    """``AWS_LAMBDA_EXEC_WRAPPER`` gets the runtime's command; one that is not there ends with exit status 127."""
    (tmp_path / "index.mjs").write_text("export const handler = async () => process.env.FROM_WRAPPER;")
    (tmp_path / "wrapper").write_text('#!/bin/sh\nexport FROM_WRAPPER=yes\nexec "$@"\n')
    (tmp_path / "wrapper").chmod(0o755)
    found = nodejs(tmp_path, environment={"AWS_LAMBDA_EXEC_WRAPPER": f"/var/task/{name}"}).invoke().payload
    if expected:
        assert found == expected
    else:
        assert found["errorMessage"].endswith("Error: Runtime exited with error: exit status 127")
