"""Hostile handlers: nothing of the host, of the tutor or of another function can be read, written, reached or signalled."""

import os
import socket
from pathlib import Path
from typing import Any

from tests.sandbox.attacks.tier import Tier, function, through
from tutor import locations

SECRET = os.urandom(16).hex()
NEIGHBOUR = "import os\nkept = bytes.fromhex(os.environ['KEPT'])\ndef handler(event, context):\n    open('/tmp/mine', 'wb').write(kept * 8)\n"


def host_paths(tier: Tier, secret: Path) -> list[str]:
    """Paths of this host that no handler may see."""
    root = locations.content_root()
    return [
        str(secret), str(Path.home() / "x"), str(Path.home()), str(root / "lessons"), str(root / "data"), str(locations.PACKAGE),
        f"{tier.home}/tutor", f"{tier.home}/home", "/etc/shadow", "/etc/machine-id", "/etc/hostname", "/root", "/home", "/var/log", "/boot", "/sys", "/run",
    ]  # fmt: skip


def test_nothing_of_host_or_neighbours_can_be_read_or_changed(tier: Tier, tmp_path: Path) -> None:
    """The host's files, the tutor's, other packages and their memory, devices, settings: out of sight or read-only."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    word = os.urandom(16).hex()
    neighbour = function(NEIGHBOUR, environment={"KEPT": word})
    neighbour["files"]["secret.txt"] = f"{word} is what the package holds"
    event = {
        "paths": host_paths(tier, secret),
        "words": [
            text.hex()[::-1]
            for text in (bytes.fromhex(word), word.encode(), SECRET.encode(), b"host-secret", b"TUTOR_TEST_SECRET")
        ],
        "host": [tier.home, str(locations.PACKAGE), str(Path.home()), "tutor-"],
    }
    results = tier.job([neighbour, function("files.py", timeout=120)], [(0, {}), (1, event), (0, {})])
    assert through(results[1]) == {}


def test_no_other_process_can_be_seen_or_changed(tier: Tier) -> None:
    """The first process, the zygote, the tutor: hidden, and neither traced, limited, slowed nor thawed."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) > 50]
    assert through(tier.run("processes.py", pids)[0]) == {}


def test_the_first_process_heeds_no_signal(tier: Tier) -> None:
    """After every signal to it the environment still freezes, serves, ends at its timeout and serves again."""
    results = tier.run("processes.py", "signal", {}, "sleep", {}, timeout=1)
    assert [results[0]["payload"], results[1]["payload"], results[3]["payload"]] == ["alive"] * 3
    assert results[2]["error"] == "Sandbox.Timedout", results[2]


def test_the_hosts_network_is_out_of_reach(tier: Tier, tmp_path: Path) -> None:
    """Loopback, abstract and other unix sockets, VSOCK, raw packets, netlink: none of it leads out."""
    name = f"tutor-attack-{os.getpid()}"
    with (
        socket.create_server(("0.0.0.0", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as plain,
    ):
        abstract.bind("\0" + name)
        abstract.listen()
        plain.bind(str(tmp_path / "socket"))
        plain.listen()
        addresses = (
            [entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
            if resolves()
            else []
        )
        event = {
            "port": server.getsockname()[1],
            "abstract": name,
            "path": str(tmp_path / "socket"),
            "addresses": addresses,
        }
        assert through(tier.run("network.py", event, timeout=60)[0]) == {}


def resolves() -> bool:
    """Whether this host knows its own name."""
    try:
        socket.gethostbyname(socket.gethostname())
    except OSError:
        return False
    return True


LISTENER = """
import os, socket
def handler(event, context):
    held = globals().setdefault("held", [])
    for family, name in ((socket.AF_INET, ("127.0.0.1", 9876)), (socket.AF_UNIX, "\\0neighbour"), (socket.AF_UNIX, "/tmp/socket")):
        server = socket.socket(family); server.bind(name); server.listen(); held.append(server)
    os.environ["LEFT"] = "x"
    if os.fork() == 0:
        os.execv("/usr/bin/sleep", ["sleep", "61.25"])
    open("/tmp/left", "w").write("x")
"""
VISITOR = """
import os, socket
def handler(event, context):
    got = []
    for family, name in ((socket.AF_INET, ("127.0.0.1", 9876)), (socket.AF_UNIX, "\\0neighbour"), (socket.AF_UNIX, "/tmp/socket")):
        try: socket.socket(family).connect(name); got.append(name)
        except OSError: pass
    got += [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()] + os.listdir("/tmp")
    return got + [name for name in os.environ if name == "LEFT"]
"""


def test_neighbours_cannot_reach_each_other(tier: Tier) -> None:
    """Sockets, processes, files and variables of one environment do not exist in another, beside it or after it."""
    functions: list[dict[str, Any]] = [function(LISTENER), function(VISITOR)]
    results = tier.job(functions, [(0, {}), (1, {})])
    assert results[1]["payload"] == []
    assert tier.run(VISITOR, {})[0]["payload"] == []


def test_chance_is_not_shared(tier: Tier) -> None:
    """Two environments of one zygote draw different random numbers and ids."""
    code = "import os, random, uuid\ndef handler(event, context): return [random.random(), str(uuid.uuid4()), os.urandom(8).hex()]\n"
    first, second = tier.job([function(code), function(code)], [(0, {}), (1, {})])
    assert not set(first["payload"]) & set(second["payload"])
