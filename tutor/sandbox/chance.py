"""Random identifiers, from bytes that are drawn from the kernel in larger pieces.

Each drawing lets the interpreter's lock go, which an invocation should do as seldom as it can.
"""

import os
from threading import Lock

_DRAWN = 4096
_lock = Lock()
_left = b""


def hexadecimal(size: int) -> str:
    """``size`` random bytes, as hexadecimal digits. Safe for threads, and never the same in a forked process."""
    global _left
    with _lock:
        if len(_left) < size:
            _left = os.urandom(_DRAWN)
        taken, _left = _left[:size], _left[size:]
    return taken.hex()


def request_id() -> str:
    """A random UUID (version 4, RFC 9562)."""
    digits = hexadecimal(16)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _forget() -> None:
    global _left, _lock
    _left, _lock = b"", Lock()


os.register_at_fork(after_in_child=_forget)
