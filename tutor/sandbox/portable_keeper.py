"""The keeper of the portable tier: one process per tutor, from which every environment's guardian is forked.

It has loaded what Lambda itself has warm (the interpreter and the runtime client) and nothing of any learner. It owns
the folder in which packages and environments lie, and outlives the tutor for as long as it takes to remove it.

    tutor ──orders──▶ keeper ──fork──▶ guardian of an environment ──fork──▶ runtime
"""

import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutor.sandbox import packing, portable_removal
from tutor.sandbox.portable_guardian import Guardian, adopt_orphans
from tutor.sandbox.portable_line import Line, Told
from tutor.sandbox.portable_paths import Places
from tutor.sandbox.portable_processes import processes_of

_PATIENCE_S = 10


def main() -> None:
    """Serve the tutor's orders (its line is the first argument) until it hangs up, then remove everything."""
    line = Line(socket.socket(fileno=int(sys.argv[1])))
    order = line.receive()
    if order is None:
        return
    keeper = Keeper(line, order.told)
    try:
        keeper.run()
    finally:
        if os.getpid() == keeper.pid:
            keeper.end()


class Keeper:
    """Holds packages, and forks guardians."""

    def __init__(self, line: Line, order: dict[str, Any]) -> None:
        self.pid = os.getpid()
        self._line = line
        self._folder = Path(order["folder"])
        self._prefix: str = order["prefix"]
        self._may_leave_root: bool = order["may_leave_root"]
        self._guardians: set[int] = set()
        (self._folder / "packages").mkdir()
        runtime = self._folder / "runtime"
        runtime.mkdir()
        for name, source in order["runtime"]:
            (runtime / name).symlink_to(source)
        self._bootstrap = _warm_runtime(runtime)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for guardians: their lines tell how they ended
        adopt_orphans()
        line.send({"built": True})

    def run(self) -> None:
        """Obey until the tutor hangs up."""
        while (order := self._line.receive()) is not None:
            try:
                answer = self._obey(order)
            except OSError as error:
                answer = {"failed": str(error)}
            for descriptor in order.descriptors:
                os.close(descriptor)
            self._line.send(answer)

    def _obey(self, order: Told) -> dict[str, Any]:
        word = order.told["do"]
        if word == "environment":
            return {"pid": self._environment(order.told["package"], order.descriptors[0])}
        porter = socket.socket(fileno=os.dup(order.descriptors[0]))

        def port() -> None:
            self._line.close()
            packing.serve(porter, self._folder / "packages")

        self._fork(port)
        porter.close()
        return {}

    def _environment(self, package: str, descriptor: int) -> int:
        def guard() -> None:
            self._line.close()
            own = self._folder / f"environment-{os.getpid()}"
            tutor = Line(socket.socket(fileno=descriptor))
            guardian = Guardian(tutor, own, self._places(own), self._bootstrap, self._may_leave_root)
            guardian.serve(self._folder / "packages" / package)

        pid = self._fork(guard)
        self._guardians.add(pid)
        return pid

    def _places(self, own: Path) -> Places:
        return Places(
            {
                "/tmp": str(own / "tmp"),
                "/opt": str(own / "opt"),
                "/var/task": str(own / "task"),
                "/var/runtime": str(self._folder / "runtime"),
                "/var/lang": self._prefix,
            },
            (str(self._folder), self._prefix),
        )

    def _fork(self, work: Callable[[], object]) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                work()
                self._follow()
            finally:
                os._exit(0)
        return pid

    def _follow(self) -> None:
        """Where the keeper was killed, whoever ends last removes what it kept."""
        if os.getppid() != self.pid:
            for part in ("packages", "runtime"):
                portable_removal.remove(self._folder / part)
            try:
                self._folder.rmdir()
            except OSError:
                pass  # another environment is not gone yet

    def end(self) -> None:
        """Let the guardians end what they hold, end what has none, and remove the folder."""
        for pid in self._guardians:
            _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE_S
        while self._guardians and time.monotonic() < deadline:
            self._guardians = {pid for pid in self._guardians if _signal(pid, 0)}
            time.sleep(0.002)
        self._end_orphans()
        portable_removal.remove(self._folder)

    def _end_orphans(self) -> None:
        """Kill what is left of environments whose guardian was killed, by a handler of the same user."""
        left = processes_of(os.getpid())
        deadline = time.monotonic() + _PATIENCE_S
        while (found := left.processes()) and time.monotonic() < deadline:
            for pid in found:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.002)


def _signal(pid: int, number: int) -> bool:
    """Whether there was somebody to be told."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _warm_runtime(folder: Path) -> Any:
    """Load the runtime client, and leave the interpreter's own library as the only place to import from."""
    sys.path[:] = [str(folder), *(path for path in sys.path if path.startswith(sys.base_prefix))]
    import bootstrap  # type: ignore[import-not-found] # it lies in /var/runtime

    sys.path.remove(str(folder))
    sys.argv[:] = ["/var/runtime/bootstrap.py"]
    gc.collect()
    gc.freeze()
    return bootstrap
