"""Nothing is left behind: however an environment ends, its processes, groups, mounts and files are gone."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create
from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.nursery import nursery
from tutor.sandbox.zygote import let_go

pytestmark = pytest.mark.alone

MARK = f"tutor-leftover-test-{os.getpid()}"
HANDLER = f"""
import os, time, sys
def handler(event, context):
    until_both_run, held = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.fork()
        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', '{MARK}'])
    os.close(held)
    os.read(until_both_run, 1)
    time.sleep(60 if event else 0)
"""
TUTOR = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.nursery import nursery
from tutor.sandbox.package import open_package
quotas = Quotas(**json.loads(sys.argv[2]))
settings = FunctionConfiguration("app.handler", 1769, 30, 512, "python3")
package = nursery().hand_over(open_package({"app.py": sys.argv[3]}, quotas))
environment = ExecutionEnvironment(nursery(), package, settings, quotas)
environment.start()
print(nursery().pid, flush=True)
environment.invoke(json.loads(sys.argv[4]))
print("answered", flush=True)
if sys.stdin.readline():
    nursery()._line.send(b'{"do": "expect", "name": "tutor-none"}')
    print("asked", flush=True)
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
    """Control groups of this tutor and others; ``os.walk`` does not mind those that go while it looks."""
    folders = (Path(folder) for folder, _, _ in os.walk("/sys/fs/cgroup"))
    return {folder for folder in folders if folder.name.startswith("tutor-")}


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true; generous, so that a slow machine changes nothing."""
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def start_tutor(quotas: Quotas, event: object, temporary: str = "") -> tuple["subprocess.Popen[str]", int]:
    """A process of its own with one environment; its zygote's pid."""
    root = str(locations.PACKAGE.parent)
    command = [sys.executable, "-c", TUTOR, root, json.dumps(asdict(quotas)), HANDLER, json.dumps(event)]
    tutor = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **({"TMPDIR": temporary} if temporary else {})},
    )
    assert tutor.stdout is not None
    return tutor, int(tutor.stdout.readline())


def state(pid: int) -> str:
    """The letter of a process' state; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    return state(pid) not in ("", "Z")


def waits_for_orders(pid: int) -> bool:
    """Whether a process has slept through ten looks."""
    seen = set()
    for _ in range(10):
        time.sleep(0.005)
        seen.add(state(pid))
    return seen == {"S"}


def groups_of(*makers: int) -> list[Path]:
    """Control groups that these processes made."""
    return [path for path in groups() if path.name.split("-")[1] in {str(maker) for maker in makers}]


def left_by(tutor: int, zygote: int) -> list[str]:
    """What is still there of a tutor that was killed: processes with their state, groups with their members."""
    told = [f"group {group}: {(group / 'cgroup.procs').read_text().split()}" for group in groups_of(tutor)]
    for pid in dict.fromkeys(
        [*marked(), str(zygote), *(pid for group in told for pid in re.findall(r"'(\d+)'", group))]
    ):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            wanted = ("Name", "State", "PPid", "SigPnd", "ShdPnd")
            told.append(f"{pid}: {[line for line in lines if line.startswith(wanted)]}")
    return told


def test_closing_a_function_ends_all_that_it_started(create: Create) -> None:
    """Its daemons are gone and its control groups too; only empty environments made ahead stay for the next one."""
    function = create(HANDLER)
    function.invoke({})
    environment = function.pool.idle[0]
    assert environment is not None
    first = environment.first_process
    assert first is not None
    assert eventually(lambda: bool(marked()))
    assert environment.group_paths or os.geteuid() != 0
    made = environment.group_paths
    function.close()
    assert eventually(lambda: marked() == [] and not alive(first))
    assert [path for path in made if path.exists()] == []


def test_after_a_normal_end_nothing_is_left(create: Create, quotas: Quotas, tmp_path: Path) -> None:
    """Processes, control groups, mounts and files in TMPDIR are as before the tutor was started."""
    create("def handler(event, context): pass").invoke({})
    mounts = Path("/proc/self/mounts").read_text()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    tutor, zygote = start_tutor(quotas, {}, str(temporary))
    assert eventually(lambda: bool(marked()))
    assert groups_of(tutor.pid) or os.geteuid() != 0
    tutor.communicate("")
    assert tutor.returncode == 0
    assert eventually(lambda: not alive(zygote) and marked() == [])
    assert groups_of(tutor.pid) == []
    assert list(temporary.iterdir()) == []
    assert Path("/proc/self/mounts").read_text() == mounts


@pytest.mark.parametrize("event", [{}, {"sleep": True}], ids=["idle", "while it runs"])
def test_killing_the_tutor_leaves_nothing(create: Create, quotas: Quotas, event: object) -> None:
    """SIGKILL to the tutor: zygote, runtime, daemons and control group go with it."""
    create("def handler(event, context): pass").invoke({})
    tutor, zygote = start_tutor(quotas, event)
    assert eventually(lambda: bool(marked()))
    tutor.kill()
    tutor.communicate()
    assert eventually(lambda: not alive(zygote) and marked() == []), left_by(tutor.pid, zygote)
    assert eventually(lambda: groups_of(tutor.pid) == [])


def test_a_share_is_lifted_before_the_end() -> None:
    """What ends with a killed tutor has the processors for it, however small its share was."""
    groups = cgroup.make_groups(cgroup.new_name())
    if groups is None or groups.cpu is None:
        pytest.skip("this user may make no control group for processors")
    folder = os.open(groups.cpu.path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        groups.cpu.share(0.07)
        let_go(groups.name, folder)
        share = (groups.cpu.path / groups.cpu.dialect.cpu_file).read_text()
        let_go("tutor-none", folder)
    finally:
        os.close(folder)
        groups.close_entrances()
        groups.remove()
    assert share.split()[0] in ("-1", "max")


@pytest.mark.parametrize("stopped", [True, False], ids=["before the answer", "with the answer unread"])
def test_killing_a_tutor_that_asks_leaves_nothing(create: Create, quotas: Quotas, stopped: bool) -> None:
    """SIGKILL to a tutor between its order and the zygote's answer: the zygote still removes every control group."""
    create("def handler(event, context): pass").invoke({})
    tutor, zygote = start_tutor(quotas, {})
    assert tutor.stdin is not None
    assert tutor.stdout is not None
    assert tutor.stdout.readline() == "answered\n"
    if stopped:
        os.kill(zygote, signal.SIGSTOP)
        assert eventually(lambda: state(zygote) == "T")
    tutor.stdin.write("\n")
    tutor.stdin.flush()
    assert tutor.stdout.readline() == "asked\n"
    assert stopped or eventually(lambda: waits_for_orders(zygote))
    tutor.kill()
    tutor.wait()
    os.kill(zygote, signal.SIGCONT)
    tutor.communicate()
    assert eventually(lambda: not alive(zygote) and marked() == [])
    assert eventually(lambda: groups_of(tutor.pid) == []), left_by(tutor.pid, zygote)


@pytest.mark.parametrize("event", [{}, {"sleep": True}], ids=["idle", "while it runs"])
def test_killing_the_zygote_leaves_no_process(create: Create, quotas: Quotas, event: object) -> None:
    """SIGKILL to the zygote: the runtime and its daemons die with it."""
    create("def handler(event, context): pass").invoke({})
    tutor, zygote = start_tutor(quotas, event)
    assert eventually(lambda: bool(marked()))
    os.kill(zygote, signal.SIGKILL)
    assert eventually(lambda: marked() == [])
    tutor.communicate()
    assert eventually(lambda: groups_of(tutor.pid) == [])


def test_a_killed_zygote_is_an_error_and_cleans_up(create: Create) -> None:
    """The caller gets a sentence, and the control group goes with the environment."""
    function = create("def handler(event, context): return 1")
    function.invoke({})
    environment = function.pool.idle[0]
    assert isinstance(environment, ExecutionEnvironment)
    old = nursery()
    os.kill(old.pid, signal.SIGKILL)
    assert eventually(lambda: not old.alive and not alive(environment.first_process or 0))
    with pytest.raises(HostError, match="first process ended"):
        function.invoke({})
    function.close()
    again = create("def handler(event, context): return 2")
    assert again.invoke({}).payload == 2


PHASES = """
import json, os, sys, threading, time
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox import nursery as nurseries
from tutor.sandbox.functions import SandboxedFunctions
quotas, phase = Quotas(**json.loads(sys.argv[2])), sys.argv[3]
code = {"app.py": sys.argv[4]}
tell = lambda: print("here", flush=True)
if phase == "build":
    threading.Timer(float(sys.argv[5]), tell).start()
    nurseries.nursery()
    time.sleep(60)
functions = SandboxedFunctions(quotas)
function = functions.create(code, FunctionConfiguration("app.handler", 1769, 2 if phase == "sweep" else 30, 512, "python3"))
if phase == "make":
    threading.Timer(float(sys.argv[5]), tell).start()
    while True:
        made = nurseries.nursery().blank()
        made.line.close()
        made.groups and nurseries.nursery().remove(made.groups)
if phase in ("init", "invoke"): threading.Timer(float(sys.argv[5]), tell).start()
if phase == "sweep": threading.Timer(2.0 + float(sys.argv[5]), tell).start()
print(function.invoke({"phase": phase}).error_type, file=sys.stderr)
tell()
time.sleep(60)
"""
PHASE_HANDLER = f"""
import os, sys, time
def stay():
    for _ in range(20):
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", "{MARK}"])
if os.path.exists("/tmp"): stay(); time.sleep(0.5)
def handler(event, context):
    stay()
    time.sleep(60 if event["phase"] in ("invoke", "sweep") else 0)
"""


@pytest.mark.parametrize("victim", ["the tutor", "the zygote", "both"])
def test_a_kill_in_any_phase_leaves_nothing(create: Create, quotas: Quotas, tmp_path: Path, victim: str) -> None:
    """SIGKILL while the base root is built, environments are made, INIT, INVOKE, frozen, sweeping: all of it is gone.

    Where both are killed at once nobody is left to remove the empty control groups: the next tutor does.
    """
    create("def handler(event, context): pass").invoke({})
    before = Path("/proc/self/mounts").read_text()
    moments = [
        ("build", 0.01),
        ("build", 0.06),
        ("make", 0.1),
        ("init", 0.3),
        ("invoke", 1.2),
        ("frozen", 0.0),
        ("sweep", 0.01),
    ]
    root = str(locations.PACKAGE.parent)
    killed = []
    for phase, moment in moments:
        temporary = tmp_path / f"{phase}-{moment}"
        temporary.mkdir()
        command = [sys.executable, "-c", PHASES, root, json.dumps(asdict(quotas)), phase, PHASE_HANDLER, str(moment)]
        tutor = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(temporary)}
        )
        assert tutor.stdout is not None
        tutor.stdout.readline()
        children = below(tutor.pid)
        for pid in [child for child in children if victim != "the tutor"]:
            kill_if_there(pid if victim == "both" or pid == children[0] else 0)
        if victim != "the zygote":
            tutor.kill()
        killed.append((phase, tutor, children, temporary))
    for phase, tutor, children, temporary in killed:
        assert eventually(lambda children=children: not any(map(alive, children))), (phase, children)  # type: ignore[misc]
        tutor.send_signal(signal.SIGINT)  # one that has lost its zygote ends as it would by Ctrl-C
        tutor.communicate()
        if victim == "both":
            cgroup.sweep()  # as the next tutor does when it starts
        assert eventually(lambda pid=tutor.pid: groups_of(pid) == []), phase  # type: ignore[misc]
        assert list(temporary.iterdir()) == [], phase
    assert eventually(lambda: marked() == [])
    assert Path("/proc/self/mounts").read_text() == before


def kill_if_there(pid: int) -> None:
    """SIGKILL to a process (0: to none)."""
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def below(pid: int) -> list[int]:
    """Every process below one, its own children first."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass
    return found + [grandchild for child in found for grandchild in below(child)]
