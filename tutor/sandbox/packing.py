"""Packages as they lie in the base root: one folder each, written once by the porter.

The porter is a process of its own, so that nothing of a package stays in the memory from which environments are forked.
A package comes as messages (see ``wire``): ``{"begin": name}``, then ``{"path", "executable", "part"}`` with
the content as the body, ``"follows"`` where the body goes on with the file before, ``"link"`` where it is the place a
link leads to, and ``{"end": true}``; ``{"forget": name}`` takes one away. ``part`` is ``task`` or ``opt``. What comes
later replaces what lies at its path (layers).
Permissions are Lambda's: 644 for files, 755 for folders and executables. No link is ever followed here.
"""

import os
import shutil
import socket
import stat
from pathlib import Path

from tutor.sandbox.wire import Message, Reader

_LARGEST_PIECE = 1 << 28


def serve(line: socket.socket, packages: Path) -> None:
    """Write and forget packages until the line closes; the answer is ``1``, or ``0`` where one could not be written."""
    reader = Reader(_LARGEST_PIECE)
    porter = _Porter(packages)
    while data := line.recv(1 << 20):
        for message in reader.feed(data):
            answer = porter.take(message)
            if answer:
                line.sendall(answer)


class _Porter:
    def __init__(self, packages: Path) -> None:
        self._packages = packages
        self._folder = packages
        self._whole = False

    def take(self, message: Message) -> bytes:
        """Do what one message says; the answer at the end of a package, else nothing."""
        header = message.header
        if "forget" in header:
            shutil.rmtree(self._packages / header["forget"], ignore_errors=True)
            return b"1"
        if "end" in header:
            return b"1" if self._whole else b"0"
        try:
            if "begin" in header:
                self._folder, self._whole = self._packages / header["begin"], True
                (self._folder / "task").mkdir(parents=True)
            elif self._whole:
                _write(self._folder / header["part"], message)
        except OSError:
            self._whole = False
            shutil.rmtree(self._folder, ignore_errors=True)
        return b""


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
