"""What a handler can see and reach: nothing of the host, and no right that it could use."""

import errno
import os
import sys
import time
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create
from tutor import locations

pytestmark = pytest.mark.alone


def test_the_handler_is_lambdas_user_with_no_rights(create: Create) -> None:
    """Not root, no capability in any set, no new privileges, in /var/task, alone among the processes."""
    code = (
        "import os, pwd\ndef handler(event, context):\n"
        "    status = dict(line.split(':\\t') for line in open('/proc/self/status') if ':\\t' in line)\n"
        "    return {'user': pwd.getpwuid(os.getuid()).pw_name, 'cwd': os.getcwd(), 'nnp': status['NoNewPrivs'].strip(),\n"
        "            'caps': sorted({status[n].strip() for n in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')}),\n"
        "            'pids': [int(n) for n in os.listdir('/proc') if n.isdigit()], 'me': os.getpid()}\n"
    )
    seen = create(code).invoke({}).payload
    assert seen["user"] == "sbx_user1051"
    assert (seen["cwd"], seen["nnp"], seen["caps"]) == ("/var/task", "1", ["0" * 16])
    assert seen["pids"] == [seen["me"]]


def test_nothing_of_the_hosts_users_can_be_seen(create: Create, tmp_path: Path) -> None:
    """Homes, the tutor, its lessons, installed packages and other files of the host do not exist in there."""
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    hidden = [
        str(secret), str(tmp_path), str(Path.home()), "/root", "/home", str(locations.content_root() / "lessons"),
        str(Path(__file__)), "/etc/shadow", "/var/log", "/run", "/sys/fs/cgroup", sys.prefix,
    ]  # fmt: skip
    code = (
        "import os, sys\ndef handler(event, context):\n"
        "    packages = [p for p in sys.path if 'packages' in p and os.path.isdir(p) and os.listdir(p)]\n"
        "    return [[path for path in event if os.path.lexists(path)], packages,\n"
        "            sorted(os.listdir('/')), os.path.exists('/usr/local/bin')]\n"
    )
    seen, packages, root, local = create(code).invoke(hidden).payload
    assert seen == []
    assert packages == []
    assert local is False
    assert {"var", "opt", "tmp", "proc", "dev", "etc"} <= set(root) <= {
        "var", "opt", "tmp", "proc", "dev", "etc", "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32",
    }  # fmt: skip


def test_there_is_no_network_but_its_own_loopback(create: Create) -> None:
    """No route out; the host's loopback cannot be reached; one's own can be used."""
    code = (
        "import socket, threading\ndef handler(event, context):\n    found = {}\n"
        "    for host, port in event:\n"
        "        try: socket.create_connection((host, port), 2).close(); found[host] = 0\n"
        "        except OSError as error: found[host] = error.errno\n"
        "    server = socket.create_server(('127.0.0.1', 0))\n"
        "    socket.create_connection(server.getsockname()).close()\n"
        "    return found\n"
    )
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        seen = create(code).invoke([["192.0.2.1", 80], ["169.254.169.254", 80], ["127.0.0.1", port]]).payload
    assert seen == {
        "192.0.2.1": errno.ENETUNREACH,
        "169.254.169.254": errno.ENETUNREACH,
        "127.0.0.1": errno.ECONNREFUSED,
    }


def test_rights_cannot_be_won_back(create: Create) -> None:
    """No new user namespace, no mount, no change of user, no signal to the first process."""
    code = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\ndef handler(event, context):\n"
        "    calls = {'unshare': lambda: libc.unshare(0x10000000), 'mount': lambda: libc.mount(b't', b'/tmp', b'tmpfs', 0, b''),\n"
        "             'umount': lambda: libc.umount2(b'/tmp', 2), 'sethostname': lambda: libc.sethostname(b'x', 1),\n"
        "             'setuid': lambda: libc.setuid(0), 'chroot': lambda: libc.chroot(b'/tmp'),\n"
        "             'ptrace 1': lambda: libc.ptrace(16, 1, 0, 0)}\n"
        "    done = [name for name, call in calls.items() if call() == 0]\n"
        "    try: os.kill(1, 9); alive = True\n    except OSError: alive = True\n"
        "    return [done, alive]\n"
    )
    assert create(code).invoke({}).payload == [[], True]


def test_two_environments_share_nothing(create: Create) -> None:
    """/tmp, processes and shared memory of one do not exist in the other."""
    code = (
        "import os\ndef handler(event, context):\n    before = os.listdir('/tmp')\n    open('/tmp/mine', 'w').write('x')\n"
        "    return [before, len([n for n in os.listdir('/proc') if n.isdigit()])]\n"
    )
    first, second = create(code), create(code)
    assert first.invoke({}).payload == [[], 1]
    assert second.invoke({}).payload == [[], 1]


def test_the_sdk_of_the_managed_runtime_is_there(create: Create) -> None:
    """boto3 can be imported and makes a client, without any of the host's other packages."""
    code = "import boto3\ndef handler(event, context): return boto3.client('sqs').meta.region_name"
    assert create(code, timeout=30, memory_size=512).invoke({}).payload == "us-east-1"


def test_a_background_thread_ends_the_process_only_when_thawed(create: Create) -> None:
    """Between events nothing runs, so a timer that ends the process does it during the next event; then INIT again."""
    code = (
        "import os, threading\ndef handler(event, context):\n"
        "    if event: threading.Timer(0.5, os._exit, (3,)).start()\n"
        "    else: __import__('time').sleep(1)\n"
        "    return os.listdir('/tmp') or open('/tmp/x', 'w') and 0\n"
    )
    function = create(code)
    assert function.invoke({"die": True}).payload == 0
    time.sleep(1)
    assert function.invoke({}).error_message.endswith("exit status 3")  # type: ignore[union-attr]
    after = function.invoke({})
    assert after.payload == ["x"]
    assert after.report.init_duration_ms is None


def test_nothing_makes_progress_between_events(create: Create) -> None:
    """Threads and children are frozen after the answer and go on with the next event."""
    code = (
        "import os, threading, time\ncount = 0\n"
        "def tick():\n    global count\n    while True: time.sleep(0.01); count += 1\n"
        "def handler(event, context):\n    if event == 'start':\n        threading.Thread(target=tick, daemon=True).start()\n"
        "        if os.fork() == 0:\n            while True: time.sleep(0.01); open('/tmp/n', 'a').write('x')\n"
        "    time.sleep(event if isinstance(event, float) else 0.1)\n"
        "    return [count, os.path.exists('/tmp/n') and os.path.getsize('/tmp/n')]\n"
    )
    function = create(code, memory_size=1769)
    started = function.invoke("start").payload
    time.sleep(1.5)
    after = function.invoke(0.0).payload
    assert after[0] - started[0] <= 20
    assert after[1] - started[1] <= 20
    later = function.invoke(0.5).payload
    assert later[0] > after[0]
    assert later[1] > after[1]


@pytest.mark.skipif(os.geteuid() != 0, reason="root only: the handler must not be root outside either")
def test_root_outside_is_an_unused_user_inside(create: Create) -> None:
    """When the tutor runs as root, the handler's processes belong to a user of the host that owns nothing."""
    function = create("def handler(event, context): pass")
    function.invoke({})
    environment = function.pool.idle[0]
    assert environment is not None
    first = Path(f"/proc/{environment.first_process}")
    children = (first / "task" / first.name / "children").read_text().split()
    assert [_user(Path("/proc", child)) for child in children] == ["200993"]


def _user(entry: Path) -> str:
    """The effective user of a process."""
    return next(line.split()[2] for line in (entry / "status").read_text().splitlines() if line.startswith("Uid:"))
