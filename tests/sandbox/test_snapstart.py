"""SnapStart: INIT when the version is published, hooks before the snapshot and after it, RESTORE in place of INIT."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration
from tutor.awslambda.initialisation import RestoreFailed
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions

HOOKS = """
import os
from snapshot_restore_py import register_after_restore, register_before_snapshot
print("module code")
steps = []
register_before_snapshot(steps.append, "before, first registered")
@register_before_snapshot
def before(): steps.append("before, last registered")
register_after_restore(steps.append, "after, first registered")
@register_after_restore
def after(): steps.append("after, last registered")
def handler(event, context):
    if event == "exit": os._exit(3)
    return [steps, os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], "AWS_LAMBDA_LOG_STREAM_NAME" in os.environ]
"""
STEPS = [
    "before, last registered",
    "before, first registered",
    "after, first registered",
    "after, last registered",
]
Restorable = Callable[..., SandboxedFunction]


@pytest.fixture(params=["forked", "wrapped"])
def restorable(request: pytest.FixtureRequest, create: Create, tmp_path: Path) -> Restorable:
    """Makes functions with SnapStart; ``wrapped`` ones speak with the Runtime API over HTTP."""

    def make(code: str, **settings: Any) -> SandboxedFunction:
        (tmp_path / "app.py").write_text(code)
        (tmp_path / "wrapper").write_text('#!/bin/sh\nexec "$@"\n')
        (tmp_path / "wrapper").chmod(0o755)
        variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"} if request.param == "wrapped" else {}
        defaults: dict[str, Any] = {"memory_size": 1769, "version": "1", "environment": variables}
        return create(tmp_path, snap_start=True, **{**defaults, **settings})

    return make


def test_hooks_run_around_the_snapshot_in_their_orders(restorable: Restorable) -> None:
    """Before it the last registered one first, after it in order; INIT is told when the snapshot is taken, once."""
    function = restorable(HOOKS)
    taken = function.snapshot()
    assert taken.succeeded
    assert "module code" in [event.text for event in taken.log]
    assert taken.log[-1].text == f"INIT_REPORT Init Duration: {taken.duration_ms:.2f} ms"
    first = function.invoke()
    assert first.payload == [STEPS, "snap-start", False]
    assert [line.split(" ")[0] for line in first.log_lines] == [
        "RESTORE_START", "RESTORE_REPORT", "START", "END", "REPORT",
    ]  # fmt: skip
    assert function.invoke().payload[0] == STEPS


def test_report_tells_and_bills_the_restore(restorable: Restorable) -> None:
    """REPORT has Restore Duration and Billed Restore Duration, no Init Duration; a warm one has neither."""
    function = restorable(HOOKS)
    report = function.invoke().report
    assert report.restore_duration_ms is not None
    assert report.billed_restore_duration_ms is not None
    assert report.init_duration_ms is None
    assert report.billed_restore_duration_ms - 1 < report.restore_duration_ms <= report.billed_restore_duration_ms
    assert 0 <= report.billed_duration_ms - report.duration_ms - report.billed_restore_duration_ms < 1
    warm = function.invoke()
    assert warm.report.restore_duration_ms is None
    assert [phase.name for phase in warm.phases] == ["INVOKE"]
    function.renew()
    line = function.invoke().log_lines[-1]
    assert "\tRestore Duration: " in line
    assert line.rpartition("\tBilled Restore Duration: ")[2].endswith(" ms\t")


def test_after_a_crash_it_is_restored_again(restorable: Restorable) -> None:
    """A reset leads to another RESTORE, not to an INIT inside the invocation."""
    function = restorable(HOOKS)
    function.invoke()
    assert function.invoke("exit").error_type == "Runtime.ExitError"
    again = function.invoke()
    assert again.payload[0] == STEPS
    assert again.log_lines[0].startswith("RESTORE_START")


def test_a_hook_that_fails_before_the_snapshot(restorable: Restorable) -> None:
    """There is no snapshot then: the type says which hooks failed."""
    code = (
        "from snapshot_restore_py import register_before_snapshot\n"
        "@register_before_snapshot\ndef before(): raise ValueError('not now')\n"
        "def handler(event, context): return 1\n"
    )
    taken = restorable(code).snapshot()
    assert (taken.succeeded, taken.error_type) == (False, "Runtime.BeforeSnapshotError")
    assert taken.document["errorMessage"] == "not now"


def test_a_hook_that_fails_after_the_restore(restorable: Restorable) -> None:
    """Nothing is invoked: the caller gets AWS's error, and what was logged up to then."""
    code = (
        "from snapshot_restore_py import register_after_restore\n"
        "@register_after_restore\ndef after():\n    print('trying')\n    raise ValueError('not now')\n"
        "def handler(event, context): return 1\n"
    )
    function = restorable(code)
    assert function.snapshot().succeeded
    with pytest.raises(RestoreFailed) as failed:
        function.invoke()
    assert failed.value.code == "SnapStartException"
    restore = failed.value.restore
    assert (restore.status, restore.error_type) == ("error", "Runtime.AfterRestoreError")
    texts = [event.text for event in restore.log]
    assert texts[0].startswith("RESTORE_START")
    assert "trying" in texts
    assert texts[-1].endswith(" ms\tStatus: error\tError Type: Runtime.AfterRestoreError")


@pytest.fixture
def hurried(create: Create, quotas: Quotas) -> SandboxedFunctions:
    """A sandbox in which a restore may take one second."""
    create("").close()  # skips where there is no sandbox
    return SandboxedFunctions(replace(quotas, restore_timeout=1))


def test_a_restore_that_is_late(hurried: SandboxedFunctions) -> None:
    """Hooks that outlast the limit end it: AWS's error for that, and a report with the status."""
    code = (
        "import time\nfrom snapshot_restore_py import register_after_restore\n"
        "register_after_restore(time.sleep, 60)\ndef handler(event, context): return 1\n"
    )
    function = hurried.create({"app.py": code}, configuration(snap_start=True))
    try:
        with pytest.raises(RestoreFailed) as failed:
            function.invoke()
    finally:
        function.close()
    assert failed.value.code == "SnapStartTimeoutException"
    assert failed.value.restore.log[-1].text == "RESTORE_REPORT Restore Duration: 1000.00 ms\tStatus: timeout"


def test_the_log_in_json(restorable: Restorable) -> None:
    """The same as records."""
    records = [json.loads(line) for line in restorable(HOOKS, logging_format="JSON").invoke().log_lines]
    assert [record["type"] for record in records] == [
        "platform.restoreStart", "platform.restoreReport", "platform.start", "platform.report",
    ]  # fmt: skip
    assert records[1]["record"]["status"] == "success"
    assert {"restoreDurationMs", "billedRestoreDurationMs"} < records[3]["record"]["metrics"].keys()


def test_only_with_snapstart_is_there_anything_to_be_restored(create: Create, tmp_path: Path) -> None:
    """On demand the two calls are unknown to the Runtime API."""
    bootstrap = (
        "#!/var/lang/bin/python3\nimport os, urllib.error, urllib.request as web\n"
        "api = f\"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/\"\n"
        "def status(path, body=None):\n"
        "    try: return web.urlopen(api + path, body).status\n"
        "    except urllib.error.HTTPError as error: return error.code\n"
        "seen = [status('restore/next'), status('restore/error', b'{}')]\n"
        "while True:\n"
        "    event = web.urlopen(api + 'invocation/next')\n"
        "    identifier = event.headers['Lambda-Runtime-Aws-Request-Id']\n"
        "    web.urlopen(f'{api}invocation/{identifier}/response', str(seen).encode())\n"
    )
    (tmp_path / "bootstrap").write_text(bootstrap)
    (tmp_path / "bootstrap").chmod(0o755)
    assert create(tmp_path, runtime="provided.al2023").invoke().payload == [404, 404]
