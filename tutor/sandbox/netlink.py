"""Messages to the kernel's network, for what no system call does and no program need be installed for.

Source: netlink(7), rtnetlink(7), and the kernel's own headers linux/netlink.h and linux/netfilter/nfnetlink.h.
"""

import errno
import os
import socket
import struct

REQUEST, ACKNOWLEDGE, CREATE, APPEND = 1, 4, 0x400, 0x800
_HEADER = struct.Struct("IHHII")
_ERROR = 2
_NESTED = 0x8000
_LONGEST = 1 << 16


def attribute(kind: int, content: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    return struct.pack("HH", 4 + len(content), kind) + content + bytes(-len(content) % 4)


def nested(kind: int, *attributes: bytes) -> bytes:
    """An attribute made of attributes."""
    return attribute(kind | _NESTED, b"".join(attributes))


def message(kind: int, flags: int, body: bytes) -> bytes:
    """One message."""
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, 1, 0) + body


def tell(protocol: int, *messages: bytes) -> None:
    """Send messages as one, and wait until each that asks for it is acknowledged. Raises ``OSError``."""
    waiting = sum(_HEADER.unpack_from(one)[2] & ACKNOWLEDGE != 0 for one in messages)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as kernel:
        kernel.sendto(b"".join(messages), (0, 0))
        while waiting > 0:
            answer = kernel.recv(_LONGEST)
            while answer:
                size, kind, *_ = _HEADER.unpack_from(answer)
                if kind == _ERROR:
                    _check(struct.unpack_from("i", answer, _HEADER.size)[0])
                    waiting -= 1
                answer = answer[(size + 3) & ~3 :]


def _check(code: int) -> None:
    if code:
        number = -code
        raise OSError(number, f"the kernel's network says: {os.strerror(number)} ({errno.errorcode.get(number, '')})")
