"""Packages as they lie in the base root: one folder each, written once by a process that then ends.

A package comes as a stream of messages (see ``wire``): ``{"path", "executable", "part"}`` with the content as the body,
and ``{"end": true}``. ``part`` is ``task`` or ``opt``. Permissions are Lambda's: 644 for files, 755 for folders and
executables.
"""

import os
import socket
from pathlib import Path

from tutor.sandbox.wire import Reader

_LARGEST_FILE = 1 << 34


def receive(line: socket.socket, folder: Path) -> None:
    """Write what arrives below ``folder``; a later file of the same path replaces an earlier one (layers)."""
    (folder / "task").mkdir(parents=True)
    reader = Reader(_LARGEST_FILE)
    while data := line.recv(1 << 20):
        for message in reader.feed(data):
            if message.header.get("end"):
                line.sendall(b"1")
                return
            _write(folder / message.header["part"] / message.header["path"], message.body, message.header["executable"])


def _write(path: Path, content: bytes, executable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.chmod(path, 0o755 if executable else 0o644)
