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
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


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
        self._trees: dict[str, _Tree] = {}

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
                self._folder, self._whole, self._trees = self._packages / header["begin"], True, {}
                (self._folder / "task").mkdir(parents=True)
            elif self._whole:
                self._tree(header["part"]).write(message)
        except OSError:
            self._whole = False
            shutil.rmtree(self._folder, ignore_errors=True)
        return b""

    def _tree(self, part: str) -> "_Tree":
        if part not in self._trees:
            self._trees[part] = _Tree(self._folder / part)
        return self._trees[part]


class _Tree:
    """One part of a package while it is written. Folders that are known to be real need no second look."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._folders: set[str] = set()

    def write(self, message: Message) -> None:
        path = os.path.normpath(f"{self._root}/{message.header['path']}")
        if message.header.get("link"):
            self._make_way(path)
            os.symlink(message.body, os.fsencode(path))
            return
        mode = 0o755 if message.header["executable"] else 0o644
        descriptor = self._open(path, mode, bool(message.header.get("follows")))
        try:
            _write_all(descriptor, message.body)
        finally:
            os.close(descriptor)

    def _open(self, path: str, mode: int, follows: bool) -> int:
        if follows:
            return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
        if os.path.dirname(path) not in self._folders:
            self._make_way(path)
        try:
            return os.open(path, _NEW, mode)
        except FileExistsError:
            self._make_way(path)
            return os.open(path, _NEW, mode)

    def _make_way(self, path: str) -> None:
        """Real folders all the way from the root, and nothing where the file is to lie."""
        self._make_folder(os.path.dirname(path))
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except IsADirectoryError:
            shutil.rmtree(path)
            self._folders.clear()

    def _make_folder(self, folder: str) -> None:
        """A file or a link in the way goes."""
        if folder in self._folders:
            return
        if folder != self._root:
            self._make_folder(os.path.dirname(folder))
        try:
            os.mkdir(folder, 0o755)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                os.unlink(folder)
                os.mkdir(folder, 0o755)
        self._folders.add(folder)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
