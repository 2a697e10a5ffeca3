"""Random identifiers, from bytes that are drawn from the kernel in larger pieces.

Each drawing lets the interpreter's lock go, which an invocation should do as seldom as it can.
"""

import os
from threading import Lock

_DRAWN = 4096
_lock = Lock()
_drawn, _taken = "", 0  # hexadecimal digits, and how many of them were given away


def hexadecimal(size: int) -> str:
    """``size`` random bytes, as hexadecimal digits. Safe for threads, and never the same in a forked process."""
    global _drawn, _taken
    with _lock:
        begin = _taken
        end = _taken = begin + 2 * size
        if end > len(_drawn):
            _drawn, begin, end = os.urandom(_DRAWN + size).hex(), 0, 2 * size
            _taken = end
        return _drawn[begin:end]


def request_id() -> str:
    """A random UUID (version 4, RFC 9562)."""
    digits = hexadecimal(16)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _forget() -> None:
    global _drawn, _taken, _lock
    _drawn, _taken, _lock = "", 0, Lock()


os.register_at_fork(after_in_child=_forget)
