"""Nothing is left behind: however an environment ends, its processes, groups, mounts and files are gone."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create
from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox.environment import ExecutionEnvironment

MARK = f"tutor-leftover-test-{os.getpid()}"
HANDLER = (
    f"import os, time, sys\ndef handler(event, context):\n    if os.fork() == 0:\n        os.setsid()\n"
    f"        os.fork()\n        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', '{MARK}'])\n"
    "    if event: time.sleep(60)\n"
)
TUTOR = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.package import Package
quotas = Quotas(**json.loads(sys.argv[2]))
settings = FunctionConfiguration("app.handler", 128, 30, 512, "python3")
environment = ExecutionEnvironment(Package(texts=(("app.py", sys.argv[3]),)), settings, quotas)
environment.start()
print(environment.supervisor, flush=True)
environment.invoke(json.loads(sys.argv[4]))
print("answered", flush=True)
sys.stdin.read()
"""


def marked() -> list[str]:
    """Processes of the handler that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if MARK.encode() in line.split(b"\0"):
                found.append(entry.name)
    return found


def groups() -> set[Path]:
    """Control groups of ours."""
    return {path for root in Path("/sys/fs/cgroup").rglob("tutor-*") for path in [root] if path.is_dir()}


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true; generous, so that a slow machine changes nothing."""
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def start_tutor(quotas: Quotas, event: object) -> tuple[subprocess.Popen[str], int]:
    """A process of its own with one environment; its supervisor's pid."""
    root = str(locations.PACKAGE.parent)
    command = [sys.executable, "-c", TUTOR, root, json.dumps(asdict(quotas)), HANDLER, json.dumps(event)]
    tutor = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert tutor.stdout is not None
    return tutor, int(tutor.stdout.readline())


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def own_groups() -> list[Path]:
    """Control groups that this very process made, or a supervisor that it started."""
    makers = {str(os.getpid()), *(str(child) for child in _children())}
    return [path for path in groups() if path.name.split("-")[1] in makers]


def _children() -> list[int]:
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def test_after_a_normal_end_nothing_is_left(create: Create, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes, control groups, files in TMPDIR and mounts are as before; a forked daemon is gone too."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = Path("/proc/self/mounts").read_text()
    function = create(HANDLER)
    function.invoke({})
    assert eventually(lambda: bool(marked()))
    made = own_groups()
    function.close()
    assert eventually(lambda: marked() == [])
    assert [path for path in made if path.exists()] == []
    assert list(temporary.iterdir()) == []
    assert Path("/proc/self/mounts").read_text() == before


@pytest.mark.parametrize("event", [{}, {"sleep": True}], ids=["idle", "while it runs"])
def test_killing_the_tutor_leaves_nothing(create: Create, quotas: Quotas, event: object) -> None:
    """SIGKILL to the tutor: supervisor, runtime, daemons and control group go with it."""
    create("def handler(event, context): pass").invoke({})
    tutor, supervisor = start_tutor(quotas, event)
    assert eventually(lambda: bool(marked()))
    tutor.kill()
    tutor.communicate()
    assert eventually(lambda: not alive(supervisor) and marked() == [])
    assert eventually(lambda: not [path for path in groups() if f"-{supervisor}-" in path.name])


@pytest.mark.parametrize("event", [{}, {"sleep": True}], ids=["idle", "while it runs"])
def test_killing_the_supervisor_leaves_no_process(create: Create, quotas: Quotas, event: object) -> None:
    """SIGKILL to the supervisor: the runtime and its daemons die with it."""
    create("def handler(event, context): pass").invoke({})
    tutor, supervisor = start_tutor(quotas, event)
    assert eventually(lambda: bool(marked()))
    os.kill(supervisor, signal.SIGKILL)
    assert eventually(lambda: marked() == [])
    tutor.communicate()
    assert eventually(lambda: not [path for path in groups() if f"-{supervisor}-" in path.name])


def test_a_killed_supervisor_is_an_error_and_cleans_up(create: Create) -> None:
    """The caller gets a sentence, and the control group goes with the environment."""
    function = create("def handler(event, context): return 1")
    function.invoke({})
    environment = function._environment
    assert isinstance(environment, ExecutionEnvironment)
    pid = environment.supervisor
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(HostError, match="supervisor ended before its work was done"):
        function.invoke({})
    assert [path for path in groups() if f"-{pid}-" in path.name] == []
