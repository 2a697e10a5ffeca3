"""Hostile handlers in the portable tier, forced here: what it claims to hold it holds. The rest is in docs/security.md.

Nothing is tried that would reach the host itself: the tier isolates nothing, and says so.
"""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.attacks import test_bombs, test_forgery, test_freeze, test_reach, test_rights
from tests.sandbox.attacks.handlers.bombs import BOMBS
from tests.sandbox.attacks.test_bombs import SEEN_BY_GROUPS_ONLY, SEEN_BY_NOBODY, sleeping
from tests.sandbox.attacks.tier import Tier, function, opened, through
from tests.sandbox.test_ordinary_user import USER, python_of
from tutor.sandbox import portable_network

pytestmark = pytest.mark.alone

HELD_HERE_TOO = (
    test_bombs.test_the_processor_is_shared_out,
    test_bombs.test_nothing_outlives_its_environment,
    test_forgery.test_noise_on_the_line_hurts_nobody,
    test_forgery.test_an_answer_counts_once_and_for_its_event_only,
    test_forgery.test_payloads_are_values_of_json,
    test_forgery.test_reports_cannot_be_forged,
    test_forgery.test_ready_and_gone_ends,
    test_forgery.test_floods_end_at_the_timeout,
    test_freeze.test_nothing_wakes_itself,
    test_reach.test_chance_is_not_shared,
    test_rights.test_no_right_can_be_won,
)
globals().update({test.__name__: test for test in HELD_HERE_TOO})
UNSEEN = {**SEEN_BY_NOBODY, **SEEN_BY_GROUPS_ONLY}


@pytest.fixture(scope="module", params=["root", "ordinary user"])
def tier(request: pytest.FixtureRequest) -> Iterator[Tier]:
    """A tutor of its own in the portable tier, whose handlers are never root."""
    if not portable_network.holds():
        pytest.skip("no filter on system calls: what these handlers do would reach the host")
    root = os.geteuid() == 0
    if request.param == "root" and not root:
        pytest.skip("the suite does not run as root")
    python = python_of(USER) if root else python_of(os.geteuid())
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    user = USER if root and request.param == "ordinary user" else None
    with opened(f"portable, {request.param}", python, user, sandbox="portable") as made:
        if request.param == "root" and made.about["enforcement"]["processes"] == "none":
            pytest.skip("this root cannot give each environment a user of its own")
        yield made


def own_users(tier: Tier) -> bool:
    """Whether each environment has a user of its own here."""
    return bool(tier.about["enforcement"]["processes"] == "rlimit")


def test_memory_is_held_however_it_is_taken(tier: Tier) -> None:
    """300 MB at 128 MB: killed for memory, or refused, in every way that the watchdog can see."""
    names = [name for name in BOMBS if name not in UNSEEN]
    functions = [function("bombs.py", memory_size=128, timeout=60) for _ in names]
    results = tier.job(functions, list(enumerate(names)), at_once=True)
    assert {
        name: result["payload"]
        for name, result in zip(names, results, strict=True)
        if result["error"] != "Runtime.OutOfMemory" and not str(result["payload"]).startswith("stopped")
    } == {}


def test_descriptors_end_at_their_limit_and_processes_where_they_are_counted(tier: Tier) -> None:
    """1,024 descriptors always; 1,024 processes and threads where an environment has a user of its own."""
    asked = ["descriptors", *(["processes", "threads"] if own_users(tier) else [])]
    functions = [function("floods.py", timeout=60) for _ in asked]
    results = tier.job(functions, [(number, {"do": name}) for number, name in enumerate(asked)], at_once=True)
    assert [result["error"] for result in results] == [None] * len(asked)
    assert results[0]["payload"] == [1024 - 4, 24]
    assert all(result["payload"][0] <= 1024 for result in results[1:]), results


def test_a_fork_bomb_ends_at_the_timeout(tier: Tier) -> None:
    """Nothing of it is left, and the next event is served."""
    mark = f"8{os.getpid()}.{time.time_ns() % 100000}"
    code = (
        "import os, signal, sys\n"
        "def handler(event, context):\n"
        "    if not event: return 'served'\n"
        "    while True:\n"
        "        try:\n"
        "            if os.fork() == 0:\n"
        "                os.setsid()\n"
        "                if os.fork() == 0: os.execv('/bin/sleep', ['sleep', event])\n"
        "        except OSError: pass\n"
    )
    first, second = tier.run(code, mark, "", timeout=1)
    assert first["error"] == "Sandbox.Timedout"
    assert second["payload"] == "served"
    assert sleeping(mark) == []


def test_no_packet_leaves(tier: Tier) -> None:
    """Connections to the host's loopback and to anywhere else are refused; only unix sockets are the host's own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        event = {"port": server.getsockname()[1], "abstract": "nobody", "path": "/nowhere", "addresses": []}
        assert through(tier.run("network.py", event, timeout=60)[0]) == {}


KILLER = """
import ctypes, os, signal, time
def handler(event, context):
    if event == "all":
        try: os.kill(-1, signal.SIGKILL)
        except OSError as error: return error.errno
    if event == "above":
        refused, above = [], os.getppid()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for way in (lambda: os.kill(above, number), lambda: os.killpg(os.getpgid(above), number), lambda: os.pidfd_open(above),
                        lambda: ctypes.CDLL(None).tgkill(above, above, number) and os.kill(above, number)):
                try: way()
                except OSError as error: refused.append(error.errno)
        return refused
    if event == "oneself":
        for way in (os.kill, lambda pid, number: os.killpg(0, number)):
            way(os.getpid(), signal.SIGUSR1)
        child = os.fork() or time.sleep(30)
        os.kill(child, signal.SIGTERM)
        return os.waitpid(child, 0)[1]
    return "served"
signal.signal(signal.SIGUSR1, lambda *_: None)
"""


def test_not_everybody_can_be_killed_at_once(tier: Tier) -> None:
    """``kill(-1)``, which would end everything that this user runs, is refused."""
    assert [one["payload"] for one in tier.run(KILLER, "all", "")] == [1, "served"]


def test_nobody_above_can_be_stopped_or_killed(tier: Tier) -> None:
    """A guardian that is stopped would hold no timeout: no signal reaches it, in any way; one's own processes get them."""
    stopped, own, served = [one["payload"] for one in tier.run(KILLER, "above", "oneself", "", timeout=5)]
    assert stopped == [1] * 8
    assert own == 15
    assert served == "served"


HOARDER = """
import os
def handler(event, context):
    os.chdir("/tmp")
    place = os.readlink("/proc/self/cwd")
    os.makedirs("shut/in"), os.symlink("/", "shut/link"), open("shut/in/file", "w").close()
    os.chmod("shut/in", 0), os.chmod("shut", 0)
    for _ in range(event):
        os.mkdir("deep")
        os.chdir("deep")
    os.chmod(".", 0)
    return place
"""


def test_no_folder_is_too_deep_or_too_shut_to_be_removed(tier: Tier) -> None:
    """What lies below a path longer than the system takes, or in a folder without rights, goes with the environment."""
    with opened(tier.name, *tier.begun_with, sandbox="portable") as another:
        place = Path(another.run(HOARDER, 3000, timeout=60)[0]["payload"])
    assert place.name == "tmp"
    assert not place.parents[1].exists()
