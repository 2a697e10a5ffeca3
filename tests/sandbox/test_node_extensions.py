"""Extensions beside Node.js, and beside a wrapped Python: runtimes that are programs of their own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create, configuration
from tests.sandbox.test_extensions import CLIENT, LOOP, platform, said
from tests.sandbox.test_telemetry import LISTENER
from tutor.awslambda.quotas import Quotas
from tutor.sandbox import node
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions

NODE = """
let calls = 0;
console.log("module code");
export const handler = async (event) => {
  calls += 1;
  if (event === "exit") process.exit(3);
  if (event === "hang") await new Promise(() => setTimeout(() => {}, 60000));
  if (event === "fail") throw new TypeError("no");
  console.log("handling");
  return [event, calls];
};
"""
PYTHON = """
import os, time
calls = 0
print("module code")
def handler(event, context):
    global calls
    calls += 1
    if event == "exit": os._exit(3)
    if event == "hang": time.sleep(60)
    if event == "fail": raise TypeError("no")
    print("handling")
    return [event, calls]
"""
WATCHER = "register('INVOKE', 'SHUTDOWN')\n" + LOOP


class Company:
    """Makes functions of one runtime with one extension beside it, named ``watcher``."""

    def __init__(self, runtime: str, folder: Path, quotas: Quotas) -> None:
        self.runtime = runtime
        self._folder = folder
        self._quotas = quotas
        self.made: list[SandboxedFunction] = []

    def __call__(self, extension: str = WATCHER, code: str | None = None, timeout: int = 10) -> SandboxedFunction:
        code_folder, layer = self._folder / "code", self._folder / "layer"
        for folder in (code_folder, layer / "extensions"):
            folder.mkdir(parents=True, exist_ok=True)
        is_node = self.runtime == "nodejs"
        (code_folder / ("app.mjs" if is_node else "app.py")).write_text(code or (NODE if is_node else PYTHON))
        for path, text in (
            (code_folder / "wrapper", '#!/bin/sh\nexec "$@"\n'),
            (layer / "extensions" / "watcher", "#!/var/lang/bin/python3\n" + CLIENT + LISTENER + extension),
        ):
            path.write_text(text)
            path.chmod(0o755)
        settings = configuration(
            timeout=timeout,
            memory_size=1769,
            environment={"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"},
            **({"runtime": "nodejs22.x"} if is_node else {}),
        )
        self.made.append(SandboxedFunctions(self._quotas).create(code_folder, settings, layers=[layer]))
        return self.made[-1]


@pytest.fixture(params=["nodejs", "python"])
def beside(request: pytest.FixtureRequest, create: Create, quotas: Quotas, tmp_path: Path) -> Iterator[Company]:
    """Makes functions with an extension."""
    create("").close()  # skips where there is no sandbox
    if request.param == "nodejs" and node.host_node() is None:
        pytest.skip("this host has no Node.js")
    company = Company(request.param, tmp_path, quotas)
    yield company
    for function in company.made:
        function.close()


def test_it_hears_of_each_invocation_and_the_runtime_stays_warm(beside: Company) -> None:
    """One server answers both; the runtime's own answers, errors too, are what they are without company."""
    function = beside()
    first, second, failed = function.invoke("a"), function.invoke("b"), function.invoke("fail")
    assert (first.payload, second.payload) == (["a", 1], ["b", 2])
    assert [said(one) for one in (first, second, failed)] == [["INVOKE "]] * 3
    assert failed.error_type == "TypeError"
    assert platform(first) == ["EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"]
    assert first.report.init_duration_ms is not None
    assert "module code" in "\n".join(first.printed)


def test_its_time_counts(beside: Company) -> None:
    """INVOKE lasts until the extension asks for its next event, and INIT until it has registered and asked."""
    slow = "time.sleep(0.3)\nregister('INVOKE')\nwhile True:\n    next_event()\n    time.sleep(0.3)\n"
    found = beside(slow).invoke("a")
    assert found.report.init_duration_ms is not None
    assert found.report.init_duration_ms >= 300
    assert found.report.duration_ms >= 300


@pytest.mark.parametrize(
    ("event", "reason", "error"), [("exit", "failure", "Runtime.ExitError"), ("hang", "timeout", "Sandbox.Timedout")]
)
def test_it_hears_of_the_end_and_begins_anew(beside: Company, event: str, reason: str, error: str) -> None:
    """After a crash and after a timeout SHUTDOWN comes with its reason; the next invocation has both again."""
    function = beside(timeout=3)
    function.invoke("a")
    broken = function.invoke(event)
    assert broken.error_type == error
    assert said(broken) == ["INVOKE ", f"SHUTDOWN {reason}"]
    again = function.invoke("b")
    assert again.payload == ["b", 1]
    assert said(again) == ["INVOKE "]


def test_its_crash_fails_init(beside: Company) -> None:
    """Extension.Crash, though the runtime itself would have been ready."""
    found = beside("register('INVOKE')\nsys.exit(7)\n").invoke("a")
    assert found.report.error_type == "Extension.Crash"
    assert re.search("Phase: init\tStatus: error\tError Type: Extension.Crash", "\n".join(found.log_lines))


def test_it_receives_telemetry(beside: Company) -> None:
    """What the runtime prints and what Lambda tells of it reaches a subscriber, in order."""
    text = (
        "listen()\nregister('INVOKE')\nsubscribe('platform', 'function')\n"
        "while next_event()['eventType'] == 'INVOKE':\n    wait_for('platform.runtimeDone')\n    show()\n"
    )
    function = beside(text)
    events = [json.loads(line.removeprefix("GOT ")) for line in said(function.invoke("a")) if line.startswith("GOT ")]
    kinds = [event["type"] for event in events]
    assert [kind for kind in kinds if kind != "function"] == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
    ]
    printed = [str(event["record"]) for event in events if event["type"] == "function"]
    assert [word for text in printed for word in ("module code", "handling") if word in text] == [
        "module code",
        "handling",
    ]


def test_it_is_there_in_a_provisioned_environment(beside: Company) -> None:
    """Its line stands in the log of INIT; the first invocation is warm, and the extension hears of it."""
    function = beside()
    (ahead,) = function.provision(1)
    assert "EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]" in [event.text for event in ahead.log]
    found = function.invoke("a")
    assert (found.payload, said(found), found.cold) == (["a", 1], ["INVOKE "], False)


INTERNAL = """
import http from "node:http";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const call = (method, path, headers = {}, body = "") => new Promise((done, failed) => {
  const to = http.request({ host, port, method, path: `/2020-01-01/extension/${path}`, headers }, (answer) => {
    let text = "";
    answer.on("data", (piece) => { text += piece; });
    answer.on("end", () => done([answer.headers, JSON.parse(text)]));
  });
  to.on("error", failed);
  to.end(body);
});
const heard = [];
const [headers] = await call("POST", "register", { "Lambda-Extension-Name": "inside" }, '{"events": ["INVOKE"]}');
const own = { "Lambda-Extension-Identifier": headers["lambda-extension-identifier"] };
(async () => {
  for (;;) {
    const [, event] = await call("GET", "event/next", own);
    heard.push(event.requestId);
  }
})();
export const handler = async (event, context) => {
  while (heard.at(-1) !== context.awsRequestId) await new Promise((done) => setTimeout(done, 5));
  return heard.length;
};
"""


def test_an_internal_extension_in_nodejs(create: Create) -> None:
    """A module that registers in INIT takes part: it hears of each event, and is told in the log."""
    if node.host_node() is None:
        pytest.skip("this host has no Node.js")
    settings = {"runtime": "nodejs22.x", "memory_size": 1769, "timeout": 5}
    function = create({"app.mjs": INTERNAL}, **settings)
    found = [function.invoke() for _ in range(3)]
    assert [one.payload for one in found] == [1, 2, 3]
    assert platform(found[0]) == ["EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]"]
