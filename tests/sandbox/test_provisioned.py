"""Provisioned concurrency: environments that are initialised ahead, serve first, and stay."""

import json
import threading
import time
from dataclasses import replace

import pytest

from tests.sandbox.conftest import Create, configuration
from tutor.awslambda.quotas import Quotas
from tutor.errors import UsageError
from tutor.sandbox.functions import SandboxedFunctions

pytestmark = pytest.mark.alone

COUNTS = """
import os, time
begun, calls = time.time(), 0
print("module code")
def handler(event, context):
    global calls
    calls += 1
    if event == "exit": os._exit(3)
    if event == "hold": time.sleep(0.7)
    return [os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], calls, context.log_stream_name]
"""


def test_the_first_invocation_is_warm(create: Create) -> None:
    """INIT is over before anybody asks: its log is told at once, and no REPORT has an Init Duration."""
    function = create(COUNTS)
    (ahead,) = function.provision(1)
    assert ahead.succeeded
    assert [event.text.split(" ")[0] for event in ahead.log if event.source == "platform"] == [
        "INIT_START",
        "INIT_REPORT",
    ]
    assert ahead.log[-1].text == f"INIT_REPORT Init Duration: {ahead.duration_ms:.2f} ms"
    assert "module code" in [event.text for event in ahead.log]
    first = function.invoke()
    assert first.payload == ["provisioned-concurrency", 1, ahead.log_stream]
    assert (first.initialization_type, first.log_stream) == ("provisioned-concurrency", ahead.log_stream)
    assert not first.cold
    assert first.report.init_duration_ms is None
    assert [line.split(" ")[0] for line in first.log_lines] == ["START", "END", "REPORT"]


def test_the_log_of_init_in_json(create: Create) -> None:
    """The records say which kind of initialisation it was, and that it was a success."""
    (ahead,) = create(COUNTS, logging_format="JSON").provision(1)
    records = [json.loads(event.text) for event in ahead.log if event.source == "platform"]
    assert [record["type"] for record in records] == ["platform.initStart", "platform.initReport"]
    assert {record["record"]["initializationType"] for record in records} == {"provisioned-concurrency"}
    assert records[1]["record"]["status"] == "success"


def test_what_is_more_than_provisioned_spills_over(create: Create) -> None:
    """Provisioned environments serve first; the rest is served on demand, and each invocation says by which."""
    function = create(COUNTS, timeout=10)
    function.provision(1)
    found: list[str] = []

    def call() -> None:
        found.append(function.invoke("hold").initialization_type)

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(found) == ["on-demand", "provisioned-concurrency"]
    assert function.invoke().initialization_type == "provisioned-concurrency"


def test_a_failing_init_is_a_result_and_nothing_is_kept(create: Create) -> None:
    """What the module did is told with its status, type and document; the number stays what it was."""
    function = create("import nothing_of_that_name")
    found = function.provision(2)
    assert [(one.succeeded, one.status, one.error_type) for one in found] == [
        (False, "error", "Runtime.ImportModuleError")
    ] * 2
    assert found[0].document["errorType"] == "Runtime.ImportModuleError"
    assert found[0].log[-1].text.endswith("Phase: init\tStatus: error\tError Type: Runtime.ImportModuleError")
    assert function.provisioned == 0
    assert function.invoke().initialization_type == "on-demand"


def test_one_that_fails_among_others_leaves_what_was_there(create: Create) -> None:
    """None of the new ones serves before all do, and those from before go on."""
    code = COUNTS + "import uuid\nif os.path.exists('/opt/fails'): raise ValueError\n"
    function = create(code)
    assert all(one.succeeded for one in function.provision(1))
    stream = function.invoke().payload[2]
    function._configuration = replace(function._configuration, handler="app.missing")  # for those made from now on
    assert not any(one.succeeded for one in function.provision(3))
    assert function.provisioned == 1
    assert function.invoke().payload[2] == stream


def test_a_reset_one_stays_provisioned(create: Create) -> None:
    """After a crash the next invocation in it runs INIT again, inside its own Duration, and it is provisioned still."""
    function = create(COUNTS)
    function.provision(1)
    stream = function.invoke().log_stream
    assert function.invoke("exit").error_type == "Runtime.ExitError"
    again = function.invoke()
    assert again.payload == ["provisioned-concurrency", 1, stream]
    assert function.provisioned == 1


def test_idle_ones_are_not_retired_and_renewing_spares_them(create: Create) -> None:
    """They stay as long as the function does, whatever becomes of those on demand."""
    function = create(COUNTS)
    function.pool._idle_s = 0.05
    (ahead,) = function.provision(1)
    time.sleep(0.3)
    function.renew()
    assert function.invoke().payload == ["provisioned-concurrency", 1, ahead.log_stream]
    time.sleep(0.3)
    assert function.invoke().payload[1] == 2


def test_fewer_and_none(create: Create) -> None:
    """A smaller number takes idle ones away, zero all of them, also one that is busy meanwhile; less is refused."""
    function = create(COUNTS, timeout=10)
    function.provision(2)
    assert function.provision(1) == ()
    assert function.provisioned == 1
    busy = threading.Thread(target=function.invoke, args=("hold",))
    busy.start()
    time.sleep(0.2)
    function.provision(0)
    busy.join()
    assert function.provisioned == 0
    assert function.invoke().initialization_type == "on-demand"
    with pytest.raises(UsageError, match="give 0 or more"):
        function.provision(-1)


def test_init_has_its_share_and_its_own_limit(quotas: Quotas, create: Create) -> None:
    """INIT that is too late on demand is in time when provisioned, and gets no more CPU than the memory size gives."""
    create("").close()  # skips where there is no sandbox
    hurried = replace(quotas, init_timeout=1)
    code = (
        "import time\nbegun = time.process_time(), time.monotonic()\n"
        "while time.monotonic() - begun[1] < 1.6: pass\n"
        "used = (time.process_time() - begun[0]) / (time.monotonic() - begun[1])\n"
        "def handler(event, context): return used\n"
    )
    function = SandboxedFunctions(hurried).create({"app.py": code}, configuration(memory_size=442, timeout=4))
    try:
        on_demand = function.invoke()
        assert "Status: timeout" in on_demand.log_lines[1]
        assert all(one.succeeded for one in function.provision(1))
        share = function.invoke()
        assert share.initialization_type == "provisioned-concurrency"
        assert share.payload < 0.5  # a quarter of a processor is its share
    finally:
        function.close()


def test_init_later_than_its_limit_is_a_timeout(quotas: Quotas, create: Create) -> None:
    """The limit of provisioned environments is the longer of their own and the function's timeout."""
    create("").close()  # skips where there is no sandbox
    hurried = replace(quotas, init_timeout_provisioned=1)
    code = "import time\ntime.sleep(30)"
    function = SandboxedFunctions(hurried).create({"app.py": code}, configuration(timeout=2))
    try:
        (late,) = function.provision(1)
    finally:
        function.close()
    assert late.status == "timeout"
    assert late.duration_ms == 2000
    assert late.log[-1].text.endswith("Init Duration: 2000.00 ms\tPhase: init\tStatus: timeout")
