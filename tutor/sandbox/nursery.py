"""Where environments come from: one zygote for this process, the packages it holds, and a few environments made ahead.

Lambda keeps sandboxes warm too; what is ahead here is empty: no function's code has been near it.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor import locations
from tutor.errors import HostError
from tutor.sandbox import cgroup, isolation
from tutor.sandbox.cgroup import Groups
from tutor.sandbox.interpreter import Interpreter, covered_folders, runtime_files
from tutor.sandbox.package import Package
from tutor.sandbox.per_interpreter import PerInterpreter
from tutor.sandbox.porter import Porter
from tutor.sandbox.stillness import Stillness
from tutor.sandbox.variables import LIBRARIES

if TYPE_CHECKING:
    from tutor.sandbox.cell import Cell
    from tutor.sandbox.terms import Terms

_START = "import sys; sys.path.insert(0, sys.argv[2]); from tutor.sandbox.builder import main; main()"
_CODE = ("__init__.py", "sandbox/__init__.py")
_MODULES = (
    "diversion", "doors", "entrypoint", "filesystem", "init", "isolation", "json_text", "netlink", "packing",
    "rehearsal", "seccomp", "spare", "syscalls", "throttle", "wire", "zygote",
)  # fmt: skip
_AHEAD = 2
_AFTER_A_START_S = 0.03
_LONGEST_PACKET = 1 << 18
_PATIENCE_S = 10


@dataclass(frozen=True)
class Blank:
    """An environment without a function: the first process of its namespaces, its line, its control groups."""

    pid: int
    line: socket.socket
    groups: Groups | None


class Nursery:
    """One zygote and what comes from it. Safe for threads. Ends with ``close``, and with this process."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.zygote_memory = 0
        self._host_root = os.geteuid() == 0
        self._lock = threading.Lock()
        self._ahead: deque[Blank] = deque()
        self._refilling = False
        self._made: set[Groups] = set()
        self._process, self._line = self._spawn()
        ours, theirs = socket.socketpair()
        self._porter = Porter(ours)
        self._ask({"do": "porter"}, [theirs.fileno()])
        theirs.close()
        self._introduce()
        self.stillness = Stillness()

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def _spawn(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        cgroup.sweep()
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = locations.PACKAGE.parent
        command = [sys.executable, "-I", "-S", "-c", _START, str(theirs.fileno()), str(root)]
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True, env={}
        )
        theirs.close()
        line.send(json.dumps(self._order()).encode())
        answer = json.loads(line.recv(_LONGEST_PACKET) or b'{"failed": "its builder ended at once"}')
        if "failed" in answer:
            process.wait()
            line.close()
            raise HostError(
                f"This host cannot build the sandbox: {answer['failed']}.",
                "It needs Linux with user, mount, pid and network namespaces: see `tutor doctor`.",
            )
        self.zygote_memory = answer["memory"]
        return process, line

    def _introduce(self) -> None:
        """Show the zygote where the control groups lie, so that it can remove them when this process is gone."""
        folders = [os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for path in cgroup.parents()]
        if folders:
            self._ask({"do": "parents"}, folders)
        for folder in folders:
            os.close(folder)

    def _order(self) -> dict[str, object]:
        python = f"/var/lang/{self.interpreter.executable}"
        package = locations.PACKAGE
        names = [*_CODE, *(f"sandbox/{name}.py" for name in _MODULES)]
        return {
            "python": python,
            "flags": self.interpreter.flags,
            "environment": {"LD_LIBRARY_PATH": ":".join(LIBRARIES), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            "base": {
                "interpreter": self.interpreter.prefix,
                "runtime": runtime_files(),
                "code": [(f"tutor/{name}", str(package / name)) for name in names],
                "covered": covered_folders(self.interpreter),
                "uid": isolation.UID,
                "gid": isolation.GID,
            },
        }

    def blank(self) -> Blank:
        """An environment for any function, made ahead where there is one; another is made meanwhile."""
        with self._lock:
            found = self._ahead.popleft() if self._ahead else self._make()
            if not self._refilling:
                self._refilling = True
                threading.Thread(target=self._refill, daemon=True).start()
        return found

    def cell(self, terms: "Terms") -> "Cell":
        """A new environment."""
        from tutor.sandbox.cell import Cell  # it needs this module

        return Cell(self, terms)

    def _refill(self) -> None:
        """Make environments ahead, but not while the one that was just taken needs the processors."""
        time.sleep(_AFTER_A_START_S)
        try:
            while True:
                with self._lock:
                    if len(self._ahead) >= _AHEAD or not self.alive:
                        self._refilling = False
                        return
                    self._ahead.append(self._make())
        except (HostError, OSError):
            self._refilling = False  # whoever asks next hears of it

    def _make(self) -> Blank:
        """One environment. The zygote knows the name of its groups before they are made, to remove them in need."""
        name = cgroup.new_name()
        self._ask({"do": "expect", "name": name}, [])
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        groups = cgroup.make_groups(name)
        if groups:
            self._made.add(groups)
        entrances = groups.entrances if groups else []
        try:
            order = {"do": "environment", "host_root": self._host_root, "counted": bool(groups and groups.memory)}
            answer = self._ask(order, [theirs.fileno(), *entrances])
        except HostError:
            line.close()
            if groups:
                self._made.discard(groups)
                groups.remove()
            raise
        finally:
            theirs.close()
            if groups:
                groups.close_entrances()
        return Blank(int(answer["pid"]), line, groups)

    def remove(self, groups: Groups) -> None:
        """Remove the control groups of an environment that has ended."""
        groups.remove()
        with self._lock:
            self._made.discard(groups)
            if self.alive:
                self._ask({"do": "removed", "name": groups.name}, [])

    def hand_over(self, package: Package) -> str:
        """Give a package to the porter; the name under which it lies in the base root until it is forgotten."""
        return self._porter.hand_over(package)

    def forget(self, name: str) -> None:
        """Give a package's room back; no environment may still run from it."""
        self._porter.forget(name)

    def _ask(self, order: dict[str, object], descriptors: list[int]) -> dict[str, Any]:
        try:
            socket.send_fds(self._line, [json.dumps(order).encode()], descriptors)
            answer: dict[str, Any] = json.loads(self._line.recv(_LONGEST_PACKET) or b'{"failed": "its zygote ended"}')
        except OSError as error:
            answer = {"failed": f"its zygote ended ({error.strerror})"}
        if "failed" in answer:
            raise HostError(f"The sandbox cannot make an environment: {answer['failed']}.", "Run it again.")
        return answer

    def close(self) -> None:
        """End the zygote and everything that came from it."""
        self.stillness.close()
        with self._lock:
            self._line.close()
            self._porter.close()
            for blank in self._ahead:
                blank.line.close()
            try:
                self._process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            for groups in self._made:
                groups.take_away()
            for blank in self._ahead:
                if blank.groups:
                    blank.groups.remove()
            self._ahead.clear()
            self._made.clear()


_shared = PerInterpreter(Nursery)


def nursery(interpreter: Interpreter | None = None) -> Nursery:
    """The nursery of this process for an interpreter; the tutor's own where none is named.

    Raises ``HostError`` where the host lacks what it needs.
    """
    return _shared.get(interpreter)
