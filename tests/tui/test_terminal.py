"""The real program on a real terminal: it draws itself, and it leaves when the terminal is gone."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

from tutor import locations


def test_the_tutor_leaves_when_its_terminal_is_gone() -> None:
    """Promise: a closed window leaves nothing running, also where the hangup signal is ignored."""
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.chdir(locations.PACKAGE.parent)
        os.execve(sys.executable, [sys.executable, "-m", "tutor"], {**os.environ, "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        assert _shows(terminal, b"COURSE")
    finally:
        os.close(terminal)
    code = _ended(pid)
    if code is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert code == 0


def _shows(terminal: int, text: bytes, patience_s: float = 60.0) -> bool:
    """Whether the program draws ``text`` before patience ends."""
    seen, deadline = b"", time.monotonic() + patience_s
    while text not in seen and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536)
    return text in seen


def _ended(pid: int, patience_s: float = 60.0) -> int | None:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    return None
