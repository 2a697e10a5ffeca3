"""Packages as they lie in the base root: one folder each, written once by a process that then ends.

A package comes as a stream of messages (see ``wire``): ``{"path", "executable", "part"}`` with the content as the body,
``"follows"`` where the body goes on with the file before, ``"link"`` where it is the place a link leads to, and
``{"end": true}``. ``part`` is ``task`` or ``opt``. What comes later replaces what lies at its path (layers).
Permissions are Lambda's: 644 for files, 755 for folders and executables. No link is ever followed here.
"""

import os
import shutil
import socket
import stat
from pathlib import Path

from tutor.sandbox.wire import Message, Reader

_LARGEST_PIECE = 1 << 28


def receive(line: socket.socket, folder: Path) -> None:
    """Write what arrives below ``folder``; answers ``1`` at the end, or ends without an answer."""
    (folder / "task").mkdir(parents=True)
    reader = Reader(_LARGEST_PIECE)
    while data := line.recv(1 << 20):
        for message in reader.feed(data):
            if message.header.get("end"):
                line.sendall(b"1")
                return
            _write(folder / message.header["part"], message)


def _write(root: Path, message: Message) -> None:
    path = root / message.header["path"]
    if message.header.get("follows"):
        with path.open("ab") as file:
            file.write(message.body)
        return
    _make_folders(path.parent, root)
    _clear(path)
    if message.header.get("link"):
        os.symlink(message.body, os.fsencode(path))
        return
    path.write_bytes(message.body)
    os.chmod(path, 0o755 if message.header["executable"] else 0o644)


def _make_folders(folder: Path, root: Path) -> None:
    """Real folders all the way from the root; a file or a link in the way goes."""
    if folder != root and folder != folder.parent:
        _make_folders(folder.parent, root)
    try:
        os.mkdir(folder, 0o755)
    except FileExistsError:
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            os.unlink(folder)
            os.mkdir(folder, 0o755)


def _clear(path: Path) -> None:
    """Nothing may lie where a file is to be written."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except IsADirectoryError:
        shutil.rmtree(path)
