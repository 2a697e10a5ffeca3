"""An ordinary user gets the same sandbox: every limit, with the watchdog where no control group was delegated."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create
from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.node import host_node

USER = 54_321  # no entry in passwd is needed to be somebody
SCRIPT = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.nursery import nursery
from tutor.sandbox.package import open_package
quotas = Quotas(**json.loads(sys.argv[2]))
package = nursery().hand_over(open_package({"app.py": sys.argv[3]}, quotas))
seen = []
for memory, timeout, events in ((128, 30, ("who", "memory")), (1769, 2, ("tmp", "sleep", "write", "net", "who"))):
    settings = FunctionConfiguration("app.handler", memory, timeout, 512, "python3")
    environment = ExecutionEnvironment(nursery(), package, settings, quotas)
    for event in events:
        invocation = environment.invoke(event)
        seen.append([invocation.payload, invocation.report.status, dict(invocation.enforcement)])
    environment.shutdown()
print(json.dumps({"uid": os.getuid(), "seen": seen}))
"""
HANDLER = """
import os, socket, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    if event == "tmp":
        try:
            with open("/tmp/f", "wb", 0) as f:
                while True: f.write(b"x" * (1 << 20))
        except OSError as error:
            return [error.errno, os.path.getsize("/tmp/f") >> 20]
    if event == "memory": return len([os.fork() == 0 and (bytearray(60 << 20), time.sleep(9)) for _ in range(4)]) and time.sleep(9)
    if event == "sleep": time.sleep(60)
    if event == "write":
        try: open("/var/task/x", "w")
        except OSError as error: return error.errno
    if event == "net":
        try: socket.create_connection(("192.0.2.1", 80))
        except OSError as error: return error.errno
    return [os.getuid(), calls, os.path.exists("/tmp/f")]
"""


def python_of(user: int) -> str | None:
    """An interpreter (3.11 or newer) that the user may run, or None."""
    for program in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [program, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if (
                subprocess.run(command, user=user, group=user, extra_groups=[], capture_output=True, cwd="/").returncode
                == 0
            ):
                return program
        except OSError:
            continue
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_gets_every_limit(create: Create, quotas: Quotas) -> None:
    """Timeout, memory of the tree, /tmp, read-only files and the closed network hold without root."""
    create("def handler(event, context): pass").invoke({})
    python = python_of(USER)
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        command = [python, "-c", SCRIPT, folder, json.dumps(asdict(quotas)), HANDLER]
        environment = {"TUTOR_HOME": f"{folder}/home", "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], capture_output=True, text=True, env=environment, cwd="/"
        )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["uid"] == USER
    who, memory, tmp, sleep, write, net, after = told["seen"]
    assert who[0] == [993, 1, False]
    assert tmp[0] == [28, 512]
    assert memory[0]["errorType"] == "Runtime.OutOfMemory"
    assert sleep[0]["errorType"] == "Sandbox.Timedout"
    assert write[0] == 30
    assert net[0] == 101
    assert after[0] == [993, 3, True]
    assert {seen[2]["memory"] for seen in told["seen"]} <= {"watchdog", "cgroup-v2", "cgroup-v1"}


RUNTIMES = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunctions
functions = SandboxedFunctions(Quotas(**json.loads(sys.argv[2])))
found = []
for runtime in sys.argv[3:]:
    seen = []
    for memory, timeout, events in ((1769, 3, ("who", "sleep", "who")), (256, 120, ("hoard",))):
        settings = FunctionConfiguration("index.handler", memory, timeout, 512, runtime)
        function = functions.create(__import__("pathlib").Path(sys.argv[1], "package"), settings)
        seen += [function.invoke(event).payload for event in events]
        function.close()
    found.append(seen)
print(json.dumps(found))
"""
BOOTSTRAP = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  event=$(curl -sS -D /tmp/headers "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
  if [ "$event" = '"sleep"' ]; then sleep 60; fi
  if [ "$event" = '"hoard"' ]; then tail /dev/zero; fi
  curl -sS -o /dev/null "$api/$id/response" -d "$(id -u)"
done
"""
INDEX = """const held = [];
export const handler = async (event) => {
  if (event === "sleep") await new Promise((done) => setTimeout(done, 60000));
  if (event === "hoard") for (;;) held.push(Buffer.alloc(8 << 20, 1));
  return process.getuid();
};
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_gets_custom_runtimes_and_nodejs(create: Create, quotas: Quotas) -> None:
    """Doors, programs of their own, and their limits need no root: bash with curl, and Node.js where there is one."""
    create("def handler(event, context): pass").invoke({})
    python = python_of(USER)
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    runtimes = ["nodejs22.x"] if host_node() else []
    runtimes += ["provided.al2023"] if shutil.which("bash") and shutil.which("curl") else []
    if not runtimes:
        pytest.skip("this host has neither Node.js nor bash with curl")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        package = Path(folder, "package")
        package.mkdir()
        (package / "index.mjs").write_text(INDEX)
        (package / "bootstrap").write_text(BOOTSTRAP)
        (package / "bootstrap").chmod(0o755)
        command = [python, "-c", RUNTIMES, folder, json.dumps(asdict(quotas)), *runtimes]
        environment = {"TUTOR_HOME": f"{folder}/home", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
        ran = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], capture_output=True, text=True, env=environment, cwd="/"
        )
    assert ran.returncode == 0, ran.stderr
    for who, late, again, hoarding in json.loads(ran.stdout):
        assert (who, late["errorType"], again, hoarding["errorType"]) == (
            993,
            "Sandbox.Timedout",
            993,
            "Runtime.OutOfMemory",
        )
