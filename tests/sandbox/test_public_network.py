"""``--network public`` reaches public addresses and nothing of the host's own, or is refused with a sentence."""

import json
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.broker import allowed, answer, question_of
from tutor.sandbox.public_network import lacking
from tutor.sandbox.tier import VARIABLE

HANDLER = """
import socket
def handler(event, context):
    seen = {}
    for host, port in event:
        try:
            with socket.create_connection((host, port), timeout=10) as line:
                line.sendall(b"x" * 300_000)
                line.shutdown(socket.SHUT_WR)
                size = 0
                while data := line.recv(65536): size += len(data)
                seen[f"{host}:{port}"] = size
        except OSError as error:
            seen[f"{host}:{port}"] = type(error).__name__
    return seen
"""
WORLD = """
import fcntl, json, os, socket, struct, subprocess, sys, threading, time
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox import syscalls
from tutor.sandbox.functions import SandboxedFunctions

def ip(*words): subprocess.run(["ip", *words], check=True)

def serve(address, port):
    server = socket.create_server((address, port))
    def echo():
        while True:
            line, _ = server.accept()
            with line:
                while data := line.recv(65536): line.sendall(data)
    threading.Thread(target=echo, daemon=True).start()

syscalls.unshare(syscalls.CLONE_NEWNET)
ip("link", "set", "lo", "up")
made, far = os.pipe(), os.pipe()
pid = os.fork()
if pid == 0:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, 9)
    syscalls.unshare(syscalls.CLONE_NEWNET)
    os.write(far[1], b"x")
    os.read(made[0], 1)
    ip("addr", "add", "203.0.113.7/24", "dev", "inner"); ip("link", "set", "inner", "up")
    ip("addr", "add", "10.7.7.7/24", "dev", "inner")
    serve("203.0.113.7", 80); serve("10.7.7.7", 80)
    os.write(far[1], b"x")
    time.sleep(600)
os.read(far[0], 1)
ip("link", "add", "outer", "type", "veth", "peer", "name", "inner", "netns", str(pid))
for address in ("203.0.113.1/24", "10.7.7.1/24", "169.254.7.7/16"): ip("addr", "add", address, "dev", "outer")
ip("link", "set", "outer", "up")
os.write(made[1], b"x")
os.read(far[0], 1)
for address in ("203.0.113.1", "169.254.7.7", "127.0.0.1"): serve(address, 80)
socket.create_connection(("10.7.7.7", 80), timeout=20).close()
settings = FunctionConfiguration("app.handler", 1769, 60, 512, "python3.11")
function = SandboxedFunctions(Quotas(**json.loads(sys.argv[2])), public=True).create({"app.py": sys.argv[3]}, settings)
invocation = function.invoke(json.loads(sys.argv[4]))
function.close()
print(json.dumps({"seen": invocation.payload, "enforcement": dict(invocation.enforcement)}))
os.kill(pid, 9)
"""


def means() -> str:
    """Why the world of the next test cannot be made here."""
    if os.geteuid() != 0:
        return "a world of two hosts needs root"
    if shutil.which("ip") is None:
        return "a world of two hosts needs ip"
    return lacking("namespaces")


@pytest.mark.skipif(bool(means()), reason=means())
def test_it_reaches_what_is_public_and_nothing_else(quotas: Quotas) -> None:
    """In a world of two hosts made for this: the other host's public address answers, whole; nothing else does."""
    to = [
        ("203.0.113.7", 80),  # another host
        ("203.0.113.7", 81),  # where nobody listens
        ("203.0.113.1", 80),  # the tutor's own host by its public address
        ("169.254.7.7", 80),  # by its link-local one
        ("127.0.0.1", 80),  # and by loopback
        ("10.7.7.7", 80),  # the other host by its private address
        ("localhost", 80),
        ("no-such-name.invalid", 80),
    ]
    command = [sys.executable, "-c", WORLD, str(locations.PACKAGE.parent), json.dumps(asdict(quotas)), HANDLER]
    ran = subprocess.run([*command, json.dumps(to)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    seen: dict[str, Any] = told["seen"]
    assert seen.pop("203.0.113.7:80") == 300_000
    assert seen.pop("127.0.0.1:80") == seen.pop("localhost:80") == "ConnectionRefusedError"
    assert seen.pop("no-such-name.invalid:80") == "gaierror"
    assert set(seen.values()) <= {"ConnectionResetError", "BrokenPipeError", "OSError"}  # reset early, late, or between
    assert told["enforcement"]["network"] == "supervisor"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "10.0.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.0.8",
    ],
)  # fmt: skip
def test_no_address_of_a_host_a_link_or_a_site_is_public(address: str) -> None:
    """Loopback, link-local, private, shared, multicast, reserved: all refused before anything is connected."""
    assert not allowed(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "172.32.0.1", "100.128.0.1", "203.0.113.7", "198.20.0.1"])
def test_addresses_beside_those_are_public(address: str) -> None:
    """The blocks end where they end."""
    assert allowed(address)


def query(name: str, kind: int = 1) -> bytes:
    """A question as resolvers ask it."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def test_names_are_answered() -> None:
    """The question comes back with its addresses; a name without any has a code."""
    asked = query("example.com")
    assert question_of(asked) == ("example.com", 1)
    told = answer(asked, 0, ["203.0.113.7", "203.0.113.8"])
    assert struct.unpack_from(">HHHHHH", told) == (7, 0x8180, 1, 2, 0, 0)
    assert told[12:].startswith(asked[12:])
    assert told.endswith(bytes([203, 0, 113, 8]))
    assert struct.unpack_from(">HHHHHH", answer(asked, 3, [])) == (7, 0x8183, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "noise",
    [b"", b"x" * 12, query("a.b")[:-3], b"\xff" * 40, query("a.b")[:2] + b"\x80" + query("a.b")[3:], query("é.b")],
)
def test_noise_is_no_question(noise: bytes) -> None:
    """What is no plain question gets no answer and does no harm."""
    assert question_of(noise) is None


def test_where_the_means_are_missing_it_is_refused(tmp_path: Path) -> None:
    """In the portable tier: exit 3 before anything runs, one sentence with what to do, nothing on stdout."""
    (tmp_path / "app.py").write_text("def handler(event, context): return 1")
    command = [sys.executable, "-m", "tutor", "invoke", str(tmp_path / "app.py"), "--network", "public"]
    environment = {**os.environ, VARIABLE: "portable"}
    refused = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "--network public is not enforceable here" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
