"""The portable tier, forced here: what Lambda tells is told in it too, what it cannot hold is said, nothing is left."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import test_limits, test_results
from tests.sandbox.conftest import Create, configuration, making
from tests.sandbox.test_leftovers import alive, eventually
from tests.sandbox.test_ordinary_user import USER, python_of
from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError, UsageError
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.node import host_node
from tutor.sandbox.portable import portable
from tutor.sandbox.portable_processes import ListedProcesses
from tutor.sandbox.tier import VARIABLE, tier, tier_name

HELD_HERE_TOO = (
    "test_nothing_outlives_its_timeout",
    "test_the_whole_tree_is_held_to_its_memory",
    "test_what_fits_is_not_killed",
    "test_responses_are_counted_outside",
    "test_requests_are_counted_before_anything_runs",
    "test_a_huge_event_for_a_handler_that_does_not_read_it_is_no_deadlock",
    "test_environment_variables_are_lambdas_and_the_functions_own",
)
globals().update({name: test for name, test in vars(test_results).items() if name.startswith("test_")})
globals().update({name: getattr(test_limits, name) for name in HELD_HERE_TOO})


@pytest.fixture
def create(quotas: Quotas, monkeypatch: pytest.MonkeyPatch) -> Iterator[Create]:
    """Makes functions in the portable tier."""
    monkeypatch.setenv(VARIABLE, "portable")
    yield from making(quotas)


def test_it_says_what_it_does_not_hold(create: Create) -> None:
    """Every limit has its mechanism, and none is claimed that only namespaces can hold."""
    seen = create("def handler(event, context): pass").invoke({}).enforcement
    assert set(seen) == {
        "memory", "cpu", "timeout", "ephemeral_storage", "file_system", "file_descriptors", "processes", "network",
        "environment", "payload",
    }  # fmt: skip
    assert {name: seen[name] for name in ("memory", "timeout", "file_descriptors", "environment", "payload")} == {
        "memory": "watchdog",
        "timeout": "supervisor",
        "file_descriptors": "rlimit",
        "environment": "supervisor",
        "payload": "supervisor",
    }
    assert (seen["ephemeral_storage"], seen["file_system"]) == ("none", "none")


def test_lambdas_folders_have_their_names(create: Create) -> None:
    """Python's file functions, its modules and the programs it runs find /var/task, /opt and /tmp where they lie."""
    code = (
        "import os, pathlib, shutil, subprocess, tempfile, glob\nfrom inner.data import KEPT\n"
        "def handler(event, context):\n"
        "    text = (pathlib.Path(__file__).parent / 'inner' / 'text.txt').read_text()\n"
        "    os.makedirs('/tmp/a/b'); shutil.copy('/var/task/inner/text.txt', '/tmp/a/b/c'); os.rename('/tmp/a/b/c', '/tmp/a/d')\n"
        "    with tempfile.NamedTemporaryFile('w') as file: file.write('x')\n"
        "    said = subprocess.run(['cat', '/tmp/a/d'], capture_output=True, text=True, cwd='/tmp').stdout\n"
        "    walked = [[place, sorted(folders), files] for place, folders, files in os.walk('/tmp')]\n"
        "    shutil.rmtree('/tmp/a')\n"
        "    try: open('/tmp/nowhere/x')\n"
        "    except OSError as error: refused = str(error)\n"
        "    return [__file__, os.getcwd(), text, said, walked, os.listdir('/tmp'), glob.glob('/var/task/*.py'), KEPT, refused]\n"
    )
    files = {"app.py": code, "inner/data.py": "KEPT = __file__\n", "inner/text.txt": "told"}
    seen = create(files).invoke({})
    assert seen.payload == [
        "/var/task/app.py",
        "/var/task",
        "told",
        "told",
        [["/tmp", ["a"], []], ["/tmp/a", ["b"], ["d"]], ["/tmp/a/b", [], []]],
        [],
        ["/var/task/app.py"],
        "/var/task/inner/data.py",
        "[Errno 2] No such file or directory: '/tmp/nowhere/x'",
    ]


def test_two_environments_share_no_folder(create: Create) -> None:
    """What one writes to /tmp, or to its own package, no other finds; the host's /tmp stays as it was."""
    name = f"of-one-environment-{os.getpid()}"
    code = (
        "import os\ndef handler(event, context):\n    found = [os.path.exists('/tmp/' + event), len(open('/var/task/app.py').read())]\n"
        "    open('/tmp/' + event, 'w').close()\n"
        "    try: open('/var/task/app.py', 'a').write('#')\n    except OSError: pass\n    return found\n"
    )
    function = create(code)
    first = function.invoke(name).payload
    function.renew()
    assert function.invoke(name).payload == first == [False, len(code)]
    assert not Path("/tmp", name).exists()


def test_it_is_frozen_between_events(create: Create) -> None:
    """A background thread and a child make no progress between two events, and go on with the next one."""
    code = (
        "import os, threading, time\nstamps = []\n"
        "def tick():\n    while True: stamps.append(time.monotonic()); time.sleep(0.01)\n"
        "def handler(event, context):\n    if event: time.sleep(0.1); return max(b - a for a, b in zip(stamps, stamps[1:]))\n"
        "    threading.Thread(target=tick, daemon=True).start()\n    time.sleep(0.1)\n"
    )
    function = create(code, memory_size=1769)
    function.invoke({})
    import time

    time.sleep(0.7)
    assert function.invoke({"longest": "pause"}).payload > 0.5


def test_an_orphan_ends_with_its_environment(create: Create) -> None:
    """A process that left its session and lost its parent is found all the same, and ended with the rest."""
    code = (
        "import os, time\ndef handler(event, context):\n    ours, theirs = os.pipe()\n    middle = os.fork()\n"
        "    if middle == 0:\n        os.setsid()\n        if os.fork() == 0:\n            os.setsid()\n"
        "            os.write(theirs, str(os.getpid()).encode()); time.sleep(60)\n        os._exit(0)\n"
        "    os.waitpid(middle, 0)\n    return int(os.read(ours, 20))\n"
    )
    function = create(code)
    orphan = function.invoke({}).payload
    assert alive(orphan)
    function.close()
    assert eventually(lambda: not alive(orphan))


def test_there_is_no_way_to_the_network(create: Create) -> None:
    """No socket but a local one can be had; the error is that of a network without a route."""
    seen = create(
        "import socket\ndef handler(event, context):\n    pair = socket.socketpair()\n    found = []\n"
        "    for family in (socket.AF_INET, socket.AF_INET6):\n"
        "        try: socket.socket(family, socket.SOCK_STREAM)\n        except OSError as error: found.append(error.errno)\n"
        "    return found\n"
    ).invoke({})
    if seen.enforcement["network"] == "none":
        pytest.skip("this host cannot filter system calls")
    assert seen.payload == [101, 101]


def test_file_descriptors_end_at_their_limit(create: Create, quotas: Quotas) -> None:
    """The 1,025th descriptor is refused with EMFILE."""
    code = (
        "import os\ndef handler(event, context):\n    try:\n        while True: last = os.dup(1)\n"
        "    except OSError as error: return [error.errno, last]\n"
    )
    assert create(code).invoke({}).payload == [24, quotas.file_descriptors - 1]


def test_cpu_is_in_proportion_to_memory(create: Create) -> None:
    """128 MB get far less than half of a processor."""
    code = (
        "import time\ndef handler(event, context):\n    begun, spent = time.monotonic(), time.process_time()\n"
        "    while time.process_time() - spent < 0.2: pass\n    return 0.2 / (time.monotonic() - begun)\n"
    )
    seen = create(code, timeout=60).invoke({})
    if seen.enforcement["cpu"] == "none":
        pytest.skip("CPU time is told too coarsely here")
    assert seen.payload < 0.3


def test_a_custom_runtime_is_refused_with_a_sentence(create: Create) -> None:
    """It would need a network of its own."""
    function = create({"bootstrap": "#!/bin/sh\n"}, runtime="provided.al2023")
    with pytest.raises(HostError, match="needs namespaces"):
        function.invoke({})


@pytest.mark.parametrize(
    "settings", [{"runtime": "nodejs22.x"}, {"environment": {"AWS_LAMBDA_EXEC_WRAPPER": "/bin/env"}}]
)
def test_programs_of_their_own_are_refused_with_a_sentence(create: Create, settings: dict[str, Any]) -> None:
    """Node.js and wrapped runtimes ask over the Runtime API too, which has no door here."""
    if "runtime" in settings and host_node() is None:
        pytest.skip("this host has no Node.js")
    with pytest.raises(HostError, match=r"a custom one, Node.js, a wrapper\) needs namespaces"):
        create("def handler(event, context): pass", **settings).invoke({})


def test_environments_are_initialised_ahead_here_too(create: Create) -> None:
    """Provisioned concurrency and SnapStart need nothing that only namespaces give."""
    code = (
        "import os\nfrom snapshot_restore_py import register_after_restore\nsteps = []\n"
        "register_after_restore(steps.append, 'after')\n"
        "def handler(event, context): return [os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], steps]\n"
    )
    function = create(code)
    assert [one.succeeded for one in function.provision(2)] == [True, True]
    assert function.invoke().payload == ["provisioned-concurrency", []]
    restored = create(code, snap_start=True)
    assert restored.snapshot().succeeded
    found = restored.invoke()
    assert found.payload == ["snap-start", ["after"]]
    assert found.report.restore_duration_ms is not None


def test_extensions_are_refused_with_a_sentence(create: Create, quotas: Quotas, tmp_path: Path) -> None:
    """They speak to the tutor through a door, which only a network of their own has."""
    create("def handler(event, context): pass")
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions" / "watcher").write_text("#!/bin/sh\n")
    code = {"app.py": "def handler(event, context): pass"}
    function = SandboxedFunctions(quotas).create(code, configuration(), layers=[tmp_path])
    with pytest.raises(HostError, match="Extensions need namespaces"):
        function.invoke({})
    function.close()


def test_the_tier_can_be_forced_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """TUTOR_SANDBOX names one of the two; another word is a mistake and is said to be one."""
    monkeypatch.setenv(VARIABLE, "portable")
    assert tier() is portable()
    monkeypatch.setenv(VARIABLE, "docker")
    with pytest.raises(UsageError, match="can be namespaces or portable"):
        tier_name()


def test_processes_are_found_by_the_list_of_ps() -> None:
    """Where there is no /proc, ps tells who came from a process, also who left its group or lost its parent."""
    script = (
        "import os, sys, time\nos.setsid()\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(60)\n"
        "    time.sleep(60)\nprint('x', flush=True)\ntime.sleep(60)\n"
    )
    mine = ListedProcesses(os.getpid())
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        try:
            assert eventually(lambda: len(set(mine.processes()) & _family(parent.pid)) == 3)
            assert mine.held(0)[0] > 1 << 20
            middle = _children(parent.pid)[0]
            orphan = _children(middle)[0]
            os.kill(middle, signal.SIGKILL)
            assert eventually(lambda: not alive(middle))
            assert orphan in mine.processes()
        finally:
            for pid in (middle, orphan, parent.pid):
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _family(pid: int) -> set[int]:
    return {pid, *(one for child in _children(pid) for one in _family(child))} if alive(pid) else set()


MARK = f"tutor-portable-test-{os.getpid()}"
DAEMON = (
    "import os, time, sys\ndef handler(event, context):\n    if os.fork() == 0:\n        os.setsid()\n        os.fork()\n"
    f"        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', '{MARK}'])\n"
    "    time.sleep(60 if event else 0.5)\n"
)
TUTOR = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.tier import tier, tier_name
if len(sys.argv) > 5:
    import platform
    from tutor.sandbox import seccomp, syscalls
    unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(
        seccomp.instruction(seccomp.LOAD, 0) + seccomp.instruction(seccomp.EQUAL, unshare, no=1)
        + seccomp.instruction(seccomp.RETURN, 0x00050001) + seccomp.instruction(seccomp.RETURN, seccomp.ALLOW)
    )
settings = FunctionConfiguration("app.handler", 1769, 30, 512, "python3")
function = SandboxedFunctions(Quotas(**json.loads(sys.argv[2]))).create({"app.py": sys.argv[3]}, settings)
print(tier().pid, flush=True)
invocation = function.invoke(json.loads(sys.argv[4]))
told = {"tier": tier_name(), "payload": invocation.payload, "enforcement": dict(invocation.enforcement), "uid": os.getuid()}
print(json.dumps(told), flush=True)
sys.stdin.read()
"""


def start_tutor(
    quotas: Quotas, code: str, event: object, *more: str, tier: str = "portable", **settings: Any
) -> "subprocess.Popen[str]":
    """A tutor in a process of its own, with one function."""
    root, python = settings.pop("root", str(locations.PACKAGE.parent)), settings.pop("python", sys.executable)
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment |= {VARIABLE: tier} if tier else {}
    command = [python, "-c", TUTOR, root, json.dumps(asdict(quotas)), code, json.dumps(event), *more]
    environment |= settings.pop("env", {})
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, **settings
    )


def marked() -> list[str]:
    """Processes of the handler that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and MARK.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("event", [{}, {"sleep": True}], ids=["idle", "while it runs"])
@pytest.mark.parametrize("victim", ["nobody", "tutor", "keeper and tutor"])
def test_nothing_is_left(quotas: Quotas, tmp_path: Path, victim: str, event: object) -> None:
    """However the tutor ends: the runtime, its daemons, guardian, keeper and every file are gone."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    tutor = start_tutor(quotas, DAEMON, event, env={"TMPDIR": str(temporary)})
    assert tutor.stdout is not None
    keeper = int(tutor.stdout.readline())
    assert eventually(lambda: len(marked()) == 2)
    if victim == "keeper and tutor":
        os.kill(keeper, signal.SIGKILL)
    if victim == "nobody" and not event:
        tutor.communicate("")
        assert tutor.returncode == 0
    else:
        tutor.kill()
        tutor.communicate()
    assert eventually(lambda: marked() == [] and not alive(keeper))
    assert eventually(lambda: list(temporary.iterdir()) == [])


def test_it_is_chosen_where_namespaces_are_refused(quotas: Quotas) -> None:
    """A tutor whose ``unshare`` is filtered away, as in a locked-down container, runs handlers all the same."""
    tutor = start_tutor(quotas, "def handler(event, context): return event", {"n": 1}, "filtered", tier="")
    told = json.loads(tutor.communicate("")[0].splitlines()[-1])
    assert (told["tier"], told["payload"]) == ("portable", {"n": 1})


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
@pytest.mark.parametrize("user", [USER, 0], ids=["ordinary user", "root"])
def test_it_serves_root_and_an_ordinary_user(quotas: Quotas, user: int) -> None:
    """An ordinary user's handlers are that user; root's are nobody of the host, held to their number of processes."""
    python = python_of(USER)
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    code = (
        "import os, signal\ndef handler(event, context):\n    children = []\n    try:\n"
        "        for _ in range(80):\n            pid = os.fork()\n            if pid == 0: signal.pause()\n"
        "            children.append(pid)\n    except OSError as error: return [os.getuid(), error.errno, len(children)]\n"
        "    return [os.getuid(), 0, len(children)]\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        who: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
        few = replace(quotas, processes=40)
        tutor = start_tutor(few, code, {}, root=folder, python=python, cwd="/", env={"HOME": folder}, **who)
        told = json.loads(tutor.communicate("")[0].splitlines()[-1])
    uid, errno, children = told["payload"]
    assert told["uid"] == user
    if user:
        assert (uid, told["enforcement"]["processes"]) == (user, "none")
    else:
        assert (uid >= 1_000_000, errno, told["enforcement"]["processes"]) == (True, 11, "rlimit")
        assert children < few.processes


def test_a_killed_guardian_is_an_error_and_the_next_environment_works(create: Create) -> None:
    """The caller gets a sentence; what the guardian held dies with it."""
    function = create("import os\ndef handler(event, context): return os.getpid()")
    runtime = function.invoke({}).payload
    os.kill(function.pool.idle[-1].first_process or 0, signal.SIGKILL)
    assert eventually(lambda: not alive(runtime))
    with pytest.raises(HostError, match="guardian ended"):
        function.invoke({})
    assert create("def handler(event, context): return 2").invoke({}).payload == 2
