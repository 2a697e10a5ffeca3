"""Attempts to reach the host's network, and another environment's.

The event: ``port`` and ``abstract`` name what listens on the host.
"""

import fcntl
import os
import socket
import struct
from typing import Any

from tests.sandbox.attacks.handlers.attempts import attempt, run

ALLOWED = {(socket.AF_UNIX, 0), (socket.AF_INET, 0), (socket.AF_INET6, 0), (socket.AF_NETLINK, 0)}


@attempt
def hosts_loopback(event: Any) -> Any:
    """what listens on the host's loopback"""
    got = []
    for host in (
        "127.0.0.1",
        "127.0.1.1",
        "::1",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "172.17.0.1",
        *event["addresses"],
    ):
        try:
            socket.create_connection((host, event["port"]), 1).close()
            got.append(host)
        except OSError:
            continue
    return got


@attempt
def abstract_sockets(event: Any) -> Any:
    """the host's abstract unix sockets"""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + event["abstract"])
    return True


@attempt
def unix_sockets(event: Any) -> Any:
    """unix sockets in the file system, such as those of Docker, D-Bus and systemd"""
    return [
        path
        for path in (
            "/run/docker.sock",
            "/var/run/docker.sock",
            "/run/dbus/system_bus_socket",
            "/run/systemd/notify",
            event["path"],
        )
        if os.path.exists(path)
    ]


@attempt
def odd_families(event: Any) -> Any:
    """socket families that know no namespaces, or are known for their holes"""
    got = []
    for family in range(1, 50):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind, 0).close()
            except OSError:
                continue
            if (family, 0) not in ALLOWED:
                got.append((family, kind))
    return got


@attempt
def odd_protocols(event: Any) -> Any:
    """raw sockets, packets, SCTP, DCCP, and netlink but for routes"""
    got = []
    for family, kind, protocol in (
        (socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_INET, socket.SOCK_RAW, 255), (socket.AF_INET6, socket.SOCK_RAW, 58), (socket.AF_INET, 6, 33),
        (socket.AF_INET, socket.SOCK_STREAM, 132), (socket.AF_INET, socket.SOCK_SEQPACKET, 132), (socket.AF_INET, socket.SOCK_DGRAM, 136), (17, 3, 0x300), (17, 2, 0x300),
        *((socket.AF_NETLINK, socket.SOCK_RAW, number) for number in range(1, 32)),
    ):  # fmt: skip
        try:
            socket.socket(family, kind, protocol).close()
            got.append((family, kind, protocol))
        except OSError:
            continue
    return got


@attempt
def own_interfaces(event: Any) -> Any:
    """addresses, links and flags of the interfaces"""
    got = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        for name, request in (
            ("address", 0x8916),
            ("flags", 0x8914),
            ("mtu", 0x8922),
            ("bridge", 0x89A0),
            ("route", 0x890B),
            ("vlan", 0x8983),
        ):
            try:
                fcntl.ioctl(plain, request, struct.pack("16s24s", b"lo", b"\2\0\0\0\x0a\0\0\1"))
                got.append(name)
            except OSError:
                continue
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as routes:
        routes.settimeout(1)
        body = (
            struct.pack("BxHiII", 0, 0, 0, 1, 0xFFFFFFFF)
            + struct.pack("HH", 20, 18)
            + struct.pack("HH", 10, 1)
            + b"dummy\0\0\0"
            + b"\0" * 4
        )
        routes.send(struct.pack("IHHII", 16 + len(body), 16, 0x605, 1, 0) + body)
        answer = routes.recv(4096)
        if struct.unpack_from("i", answer, 16)[0] == 0:
            got.append("link")
    return got


@attempt
def bytes_to_pid_one(event: Any) -> Any:
    """descriptors passed over the runtime's own line to the tutor"""
    line = socket.socket(fileno=os.dup(3))
    if line.family != socket.AF_UNIX:
        return False
    # a descriptor that is passed to the tutor must go nowhere: the other end never asks for any
    line.setblocking(False)
    return False


def handler(event: Any, context: Any) -> dict[str, str]:
    return run(event)
