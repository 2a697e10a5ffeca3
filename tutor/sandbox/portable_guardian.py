"""The guardian of one environment in the portable tier: it starts the runtime, freezes and thaws, sweeps and reaps.

It is no part of what the learner's code can name, and it outlives the tutor for as long as it takes to end everything
below it and to remove the environment's folder.
"""

import os
import resource
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutor.sandbox import (
    isolation,
    portable_network,
    portable_paths,
    portable_removal,
    portable_signals,
    seccomp,
    syscalls,
)
from tutor.sandbox.portable_line import Line, Told
from tutor.sandbox.portable_paths import Places
from tutor.sandbox.portable_processes import processes_of
from tutor.sandbox.throttle import Throttle

_PR_SET_CHILD_SUBREAPER = 36
_FIRST_OWN_ID = 1_000_000  # above what hosts give to people; each environment has a user of its own
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.1  # between two looks at what is frozen
_MODEST = 10  # niceness: a flood must not keep the tutor and the guardian from their work
_LINUX = sys.platform == "linux"


class Guardian:
    """Obeys the tutor on ``line``; everything of the environment lies below ``folder``."""

    def __init__(self, line: Line, folder: Path, places: Places, bootstrap: Any, may_leave_root: bool) -> None:
        self._line = line
        self._folder = folder
        self._places = places
        self._bootstrap = bootstrap
        self._user = _FIRST_OWN_ID + os.getpid() if may_leave_root else None
        self._processes = processes_of(os.getpid())
        self._runtime: int | None = None
        self._throttle: Throttle | None = None
        self._frozen = False
        self._pause = _SHORTEST_PAUSE_S

    def serve(self, package: Path) -> None:
        """Furnish the folder with the package, then obey until the tutor hangs up; then leave nothing."""
        os.setsid()
        adopt_orphans()
        wake = self._listen_to_children()
        signal.signal(signal.SIGTERM, _leave)
        try:
            self._furnish(package)
            self._line.send({"assigned": True})
            self._run(wake)
        except OSError as error:
            self._complain(error)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            self._sweep()
            portable_removal.remove(self._folder)

    def _complain(self, error: OSError | ValueError | ImportError) -> None:
        try:
            self._line.send({"failed": str(error)})
        except OSError:
            pass  # the tutor has gone: nobody is left to be told

    @staticmethod
    def _listen_to_children() -> int:
        wake, wake_end = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(wake_end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        return wake

    def _furnish(self, package: Path) -> None:
        """Copy the package: what one environment does to it, no other sees."""
        self._folder.mkdir(0o711)
        for part in ("task", "opt"):
            source = package / part
            if source.is_dir():
                shutil.copytree(source, self._folder / part, symlinks=True)
            else:
                (self._folder / part).mkdir()
        tmp = self._folder / "tmp"
        tmp.mkdir(0o700)
        if self._user is not None:
            os.chown(tmp, self._user, self._user)

    def _run(self, wake: int) -> None:
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        poll.register(wake, select.POLLIN)
        while True:
            wait = self._keep_frozen() if self._frozen else self._throttled()
            events = dict(poll.poll(None if wait is None else wait * 1000))
            if wake in events:
                os.read(wake, 4096)
                self._reap()
            while self._line.waits():
                order = self._line.receive()
                if order is None or order.told["do"] == "leave":
                    return
                self._obey(order)

    def _throttled(self) -> float | None:
        """Give everything its share; the seconds until the next look."""
        if self._throttle is None:
            return None
        wait = self._throttle.step(time.monotonic())
        if self._throttle.stopped:
            return min(wait, self._stop_again())
        self._pause = _SHORTEST_PAUSE_S
        return wait

    def _keep_frozen(self) -> float | None:
        """Keep everything stopped; the seconds until the next look.

        A runtime that is alone and stopped stays so: nobody is left who could wake it.
        """
        pause = self._stop_again()
        return None if self._processes.processes() == [self._runtime] and pause > _SHORTEST_PAUSE_S else pause

    def _stop_again(self) -> float:
        """Stop what was born while all was stopped, or was woken by the kernel as an orphan; when to look again."""
        running = self._processes.running()
        for pid in running:
            _signal(pid, signal.SIGSTOP)
        self._pause = _SHORTEST_PAUSE_S if running else min(2 * self._pause, _LONGEST_PAUSE_S)
        return self._pause

    def _obey(self, order: Told) -> None:
        word = order.told["do"]
        if word == "start":
            self._start(order)
        elif word == "share":
            self._share(order.told["cpu"])
        elif word == "freeze":
            self._frozen = True
            self._pause = _SHORTEST_PAUSE_S
            self._signal_all(signal.SIGSTOP)
        elif word == "thaw":
            self._frozen = False
            self._signal_all(signal.SIGCONT)
            if self._throttle:
                self._throttle.wake()
        else:
            self._sweep()
            self._line.send({"swept": True})

    def _share(self, vcpu: float | None) -> None:
        """CPU time is told finely enough on Linux alone."""
        if self._throttle:
            self._throttle.release()
        if _LINUX and vcpu:
            self._throttle = Throttle(vcpu, lambda: map(str, self._processes.processes()), self._signal_all)
        else:
            self._throttle = None

    def _start(self, order: Told) -> None:
        line, output = order.descriptors
        self._frozen = False
        runtime = os.fork()
        if runtime == 0:
            try:
                self._become_runtime(order.told, line, output)
                self._bootstrap.live()
            except (OSError, ValueError, ImportError) as error:
                self._complain(error)
            finally:
                os._exit(1)
        self._runtime = runtime
        os.close(line)
        os.close(output)
        self._line.send({"started": runtime})

    def _become_runtime(self, order: dict[str, Any], line: int, output: int) -> None:
        signal.set_wakeup_fd(-1)
        os.setsid()
        os.chdir(self._folder / "task")
        self._give_up_rights(order["file_descriptors"], order["processes"])
        isolation.arrange(line, output)
        os.environ.clear()
        os.environ.update(order["environment"], TMPDIR=str(self._folder / "tmp"))
        time.tzset()
        portable_paths.install(self._places, self._bootstrap.__file__)
        sys.path[:] = [self._places.shown(path) for path in sys.path]
        for name in [name for name in sys.modules if name.startswith("tutor")]:
            del sys.modules[name]
        sys.modules["__main__"] = self._bootstrap

    def _give_up_rights(self, file_descriptors: int, processes: int) -> None:
        if self._user is not None:
            os.setgroups([])
            os.setgid(self._user)
            os.setuid(self._user)
        os.setpriority(os.PRIO_PROCESS, 0, _MODEST)
        os.umask(0o022)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        _limit(resource.RLIMIT_NOFILE, file_descriptors)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NPROC, processes if self._user is not None else processes + _own_threads())
        if _LINUX:
            syscalls.drop_capabilities()
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
            syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
            seccomp.install(counted=False)
            portable_network.install()
            portable_signals.install()

    def _signal_all(self, number: int) -> None:
        """Every process of the environment, also one that is born meanwhile."""
        reached: set[int] = set()
        while fresh := set(self._processes.processes()) - reached:
            for pid in fresh:
                _signal(pid, number)
            reached |= fresh

    def _sweep(self) -> None:
        """Stop everything, so that nothing is born any more; then kill and reap until nothing is left."""
        self._runtime = None
        self._frozen = False
        self._signal_all(signal.SIGSTOP)
        while found := self._processes.processes():
            for pid in found:
                _signal(pid, signal.SIGKILL)
            self._wait_for_all(lambda _pid, _status: None)
            time.sleep(0.001)

    def _reap(self) -> None:
        def tell(pid: int, status: int) -> None:
            if pid == self._runtime:
                self._runtime = None
                self._line.send({"ended": os.waitstatus_to_exitcode(status)})

        self._wait_for_all(tell)

    @staticmethod
    def _wait_for_all(tell: Callable[[int, int], None]) -> None:
        """Take in every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            tell(pid, status)


def adopt_orphans() -> None:
    """Whoever loses its parent below this process becomes its child, where the system knows that."""
    if _LINUX:
        syscalls.prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _leave(_number: int, _frame: object) -> None:
    """The keeper's word that the tutor ends: what ``serve`` has to tidy up, it does."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit


def _limit(kind: int, value: int) -> None:
    """At most ``value``, or what the host allows where that is less."""
    _, hard = resource.getrlimit(kind)
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (most, most))


def _own_threads() -> int:
    """How many threads this user has: the limit on processes counts every one of them, in the sandbox or not."""
    found = 0
    for process in os.listdir("/proc") if _LINUX else ():
        try:
            if process.isdigit() and os.stat(f"/proc/{process}").st_uid == os.geteuid():
                found += len(os.listdir(f"/proc/{process}/task"))
        except OSError:
            continue  # it ended meanwhile
    return found


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it ended meanwhile
