"""Every way out of an environment's network leads to two sockets inside it: one for connections, one for names.

Every address is made local (one route), and what is sent to it is turned aside by the network namespace's own packet
filter; nothing of the host's network is touched. Whoever serves the two sockets, outside, decides what goes on: see
``public_network``. Source: linux/netfilter/nf_tables.h, rtnetlink(7).
"""

import os
import socket
import struct
import sys

from tutor.sandbox import isolation, netlink, syscalls
from tutor.sandbox.netlink import ACKNOWLEDGE, APPEND, CREATE, REQUEST, attribute, nested

_ROUTE, _NETFILTER = 0, 12  # families of netlink
_NEW_ROUTE = 24
_MAIN_TABLE, _BOOT, _HOST_SCOPE, _LOCAL = 254, 3, 254, 2
_BEGIN, _END, _TABLES = 16, 17, 10 << 8
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = 0, 3, 6
_OUTPUT_HOOK, _NAT_PRIORITY = 3, -100
_LOAD_PROTOCOL = 16
_NETWORK_HEADER, _TRANSPORT_HEADER = 1, 2
_DESTINATION, _DESTINATION_PORT = 16, 2
_EQUAL, _DIFFERENT = 0, 1
_REGISTER = attribute(1, struct.pack(">I", 1))
_NAME = b"public\0"
_BACKLOG = 64


def connections() -> socket.socket:
    """Turn every TCP connection that leaves loopback's 127.0.0.0/8 aside to the socket that is returned, listening."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(_BACKLOG)
    _make_all_local()
    _begin_rules()
    not_loopback = _compared(_NETWORK_HEADER, _DESTINATION, bytes([127]), _DIFFERENT)
    _add_rule(socket.IPPROTO_TCP, not_loopback, listener.getsockname()[1])
    return listener


def names() -> socket.socket:
    """Turn every UDP packet to port 53, whatever its address, aside to the socket that is returned. Second."""
    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    resolver.bind(("127.0.0.1", 0))
    to_resolvers = _compared(_TRANSPORT_HEADER, _DESTINATION_PORT, struct.pack(">H", 53), _EQUAL)
    _add_rule(socket.IPPROTO_UDP, to_resolvers, resolver.getsockname()[1])
    return resolver


def _make_all_local() -> None:
    """``ip route add local 0.0.0.0/0 dev lo``."""
    route = struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, _MAIN_TABLE, _BOOT, _HOST_SCOPE, _LOCAL, 0)
    loopback = attribute(4, struct.pack("I", socket.if_nametoindex("lo")))
    netlink.tell(_ROUTE, netlink.message(_NEW_ROUTE, REQUEST | ACKNOWLEDGE | CREATE, route + loopback))


def _begin_rules() -> None:
    """A table, and in it a chain that sees what is sent from here, before it is routed."""
    hook = nested(4, attribute(1, struct.pack(">I", _OUTPUT_HOOK)), attribute(2, struct.pack(">i", _NAT_PRIORITY)))
    _tell_filter(_NEW_TABLE, CREATE, attribute(1, _NAME))
    _tell_filter(_NEW_CHAIN, CREATE, attribute(1, _NAME) + attribute(3, _NAME) + hook + attribute(7, b"nat\0"))


def _add_rule(protocol: int, condition: tuple[bytes, bytes], port: int) -> None:
    """Of a protocol, what meets the condition goes to a port of this namespace."""
    expressions = (
        _expression("meta", _REGISTER, attribute(2, struct.pack(">I", _LOAD_PROTOCOL))),
        _comparison(_EQUAL, bytes([protocol])),
        *condition,
        _expression("immediate", _REGISTER, nested(2, attribute(1, struct.pack(">H", port)))),
        _expression("redir", _REGISTER, attribute(2, struct.pack(">I", 1)), attribute(3, struct.pack(">I", 2))),
    )
    rule = attribute(1, _NAME) + attribute(2, _NAME) + nested(4, *expressions)
    _tell_filter(_NEW_RULE, CREATE | APPEND, rule)


def _compared(header: int, offset: int, value: bytes, how: int) -> tuple[bytes, bytes]:
    place = [struct.pack(">I", number) for number in (header, offset, len(value))]
    load = _expression("payload", _REGISTER, *(attribute(kind, part) for kind, part in enumerate(place, 2)))
    return load, _comparison(how, value)


def _comparison(how: int, value: bytes) -> bytes:
    return _expression("cmp", _REGISTER, attribute(2, struct.pack(">I", how)), nested(3, attribute(1, value)))


def _expression(name: str, *attributes: bytes) -> bytes:
    return nested(1, attribute(1, name.encode() + b"\0"), nested(2, *attributes))


def _tell_filter(kind: int, flags: int, body: bytes) -> None:
    batch = struct.pack(">BBH", 0, 0, _TABLES >> 8)
    family = struct.pack("BBH", socket.AF_INET, 0, 0)
    netlink.tell(
        _NETFILTER,
        netlink.message(_BEGIN, REQUEST, batch),
        netlink.message(_TABLES | kind, REQUEST | ACKNOWLEDGE | flags, family + body),
        netlink.message(_END, REQUEST, batch),
    )


def main() -> None:
    """Try it in a network namespace of one's own; whoever cannot says why on stderr and exits with 1."""
    uid, gid = os.geteuid(), os.getegid()
    try:
        if uid != 0:
            syscalls.unshare(syscalls.CLONE_NEWUSER)
            isolation.map_user(0, uid, 0, gid)
        syscalls.unshare(syscalls.CLONE_NEWNET)
        with connections(), names():
            pass
    except OSError as error:
        sys.exit(str(error))
