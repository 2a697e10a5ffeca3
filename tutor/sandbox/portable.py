"""The portable tier: where handlers run when the host has, or allows, no namespaces.

Every environment is a process tree of its own in a folder of its own, held by its guardian and by resource limits. What
only namespaces can hold (the file system, the size of /tmp) is not held here, and ``Enforcement`` says so.
"""

import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from tutor import locations
from tutor.errors import HostError
from tutor.sandbox import portable_removal
from tutor.sandbox.extensions_company import external_extensions
from tutor.sandbox.interpreter import Interpreter, runtime_files
from tutor.sandbox.package import Package
from tutor.sandbox.per_interpreter import PerInterpreter
from tutor.sandbox.portable_cell import PortableCell, mechanisms
from tutor.sandbox.portable_line import Line
from tutor.sandbox.porter import Porter
from tutor.sandbox.terms import Terms

_START = "import sys; sys.path.insert(0, sys.argv[2]); from tutor.sandbox.portable_keeper import main; main()"
_PATIENCE_S = 15


class Portable:
    """One keeper and what comes from it. Safe for threads. Ends with ``close``, and with this process."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._lock = threading.Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="tutor-"))
        self._folder.chmod(0o711)
        self.own_user = os.geteuid() == 0 and all(map(_seen_by_all, self._needed()))
        self._process, self._line = self._spawn()
        ours, theirs = socket.socketpair()
        self._ask({"do": "porter"}, (theirs.fileno(),))
        theirs.close()
        self._porter = Porter(ours)

    @property
    def pid(self) -> int:
        """The keeper's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the keeper still runs."""
        return self._process.poll() is None

    @property
    def mechanisms(self) -> dict[str, str]:
        """What holds each limit in this tier, where it differs from the other."""
        return mechanisms(own_user=self.own_user)

    def _needed(self) -> list[Path]:
        """What a handler must be able to read whoever it is."""
        return [self._folder, Path(self._python), *(Path(source) for _, source in runtime_files())]

    @property
    def _python(self) -> str:
        return str(Path(self.interpreter.prefix, self.interpreter.executable))

    def _spawn(self) -> tuple["subprocess.Popen[bytes]", Line]:
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(locations.PACKAGE.parent)]
        command = [self._python, *self.interpreter.flags, "-B", "-c", _START, *arguments]
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
        theirs.close()
        line = Line(ours)
        order = {
            "folder": str(self._folder),
            "prefix": self.interpreter.prefix,
            "runtime": runtime_files(),
            "may_leave_root": self.own_user,
        }
        line.send(order)
        if line.receive() is None:
            process.wait()
            raise HostError("This host cannot start the sandbox's keeper.", f"Does {self._python} run?")
        return process, line

    def cell(self, terms: Terms) -> PortableCell:
        """A new environment. Raises ``HostError``, also for what needs a network of its own: runtimes, extensions."""
        if terms.entrypoints:
            what = "A runtime that is a program of its own (a custom one, Node.js, a wrapper)"
            raise HostError(f"{what} needs namespaces, which this host does not allow.", "See `tutor doctor`.")
        if external_extensions(f"{self._folder}/packages/{terms.package}"):
            raise HostError("Extensions need namespaces, which this host does not allow.", "See `tutor doctor`.")
        ours, theirs = socket.socketpair()
        line = Line(ours)
        try:
            with theirs:
                answer = self._ask({"do": "environment", "package": terms.package}, (theirs.fileno(),))
            return PortableCell(int(answer["pid"]), line, terms, own_user=self.own_user)
        except HostError:
            line.close()
            raise

    def hand_over(self, package: Package) -> str:
        """Give a package to the porter; the name under which it lies there until it is forgotten."""
        return self._porter.hand_over(package)

    def forget(self, name: str) -> None:
        """Give a package's room back; no environment may still start from it."""
        self._porter.forget(name)

    def _ask(self, order: dict[str, object], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        with self._lock:
            try:
                self._line.send(order, descriptors)
                answer = self._line.receive()
            except OSError:
                answer = None
        told = answer.told if answer else {"failed": "its keeper ended"}
        if "failed" in told:
            raise HostError(f"The sandbox cannot make an environment: {told['failed']}.", "Run it again.")
        return told

    def close(self) -> None:
        """End the keeper, which ends everything that came from it and removes its folder."""
        self._line.close()
        self._porter.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        portable_removal.remove(self._folder)


def _seen_by_all(path: Path) -> bool:
    """Whether any user of this host can read a file, or look into a folder."""
    path = path.resolve()
    reach = all(parent.stat().st_mode & 0o001 for parent in path.parents)
    return reach and bool(path.stat().st_mode & (0o001 if path.is_dir() else 0o004))


_shared = PerInterpreter(Portable)


def portable(interpreter: Interpreter | None = None) -> Portable:
    """The keeper of this process for an interpreter; the tutor's own where none is named.

    Raises ``HostError`` where not even that can be started.
    """
    return _shared.get(interpreter)
