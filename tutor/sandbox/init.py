"""The first process of an environment's pid namespace. It starts the runtime, freezes and thaws, sweeps and reaps.

It obeys packets from the tutor on one line and tells on the same line what happened. When that line closes it ends,
and the kernel ends everything below it.

    F freeze · T thaw · W work has begun · S sweep (kill all but this)
    {...} assign, share, door, connect, extensions, start, leave
"""

import json
import os
import select
import signal
import socket
import struct
import time
from fcntl import ioctl
from typing import Any

from tutor.sandbox import diversion, doors, entrypoint, filesystem, isolation, syscalls
from tutor.sandbox.spare import Spare
from tutor.sandbox.throttle import Throttle

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_LONGEST_ORDER = 1 << 18
_IDLE_S = 1.0  # the tutor sends word of work
_THAW_AGAIN_S = (0.05, 0.002)  # the latest first


def serve(line: socket.socket, groups: list[int], bootstrap: Any, *, host_root: bool, counted: bool) -> None:
    """Get ready for any function, then obey until the line closes. ``counted``: whether a group counts its memory."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    isolation.go_first(host_root)
    for group in groups:
        os.write(group, b"0")
        os.close(group)
    syscalls.unshare(syscalls.CLONE_NEWCGROUP)  # the group's name on the host is nobody's business
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:
        ioctl(loopback, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    filesystem.enter_processes()
    _Init(line, bootstrap, host_root, counted).run()


class _Init:
    def __init__(self, line: socket.socket, bootstrap: Any, host_root: bool, counted: bool) -> None:
        self._line = line
        self._bootstrap = bootstrap
        self._host_root = host_root
        self._counted = counted
        self._spare: Spare | None = self._fork()
        self._runtime: int | None = None
        self._extensions: dict[int, str] = {}
        self._refused: dict[int, int] = {}  # pid -> where it says why its program could not begin
        self._door: socket.socket | None = doors.listen(*doors.RUNTIME_API)
        self._throttle: Throttle | None = None
        self._frozen = False
        self._thaws: list[float] = []
        wake, self._wake_end = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake_end, False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        syscalls.hear_of_ends_only()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a handler of the same user could send it
        signal.set_wakeup_fd(self._wake_end, warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)
        self._poll.register(wake, select.POLLIN)

    def run(self) -> None:
        while True:
            wait = self._throttle.step(time.monotonic()) if self._throttle and not self._frozen else None
            wait = self._repeat_thaw(wait)
            events = dict(self._poll.poll(None if wait is None else wait * 1000))
            if self._wake in events:
                os.read(self._wake, 4096)
                self._reap()
            if self._line.fileno() in events and not self._obey():
                return

    def _tell(self, told: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        packet = json.dumps(told).encode()
        if descriptors:
            socket.send_fds(self._line, [packet], list(descriptors))
        else:
            self._line.send(packet)

    def _obey(self) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST_ORDER, 4)
        if not packet:
            return False
        word = packet[:1]
        if word == b"F":
            self._freeze()
        elif word == b"T":
            self._thaw()
        elif word == b"W":
            if self._throttle and not self._throttle.stopped:
                self._throttle.wake()
        elif word == b"S":
            self._sweep()
        else:
            self._do(packet, descriptors)
        return True

    def _do(self, packet: bytes, descriptors: list[int]) -> None:
        order = json.loads(packet)
        try:
            if order["do"] == "assign":
                filesystem.furnish(order["package"], order["ephemeral_storage"], order["inodes"])
                self._tell({"assigned": True})
            elif order["do"] == "share":
                self._share(order["cpu"])
            elif order["do"] == "door":
                self._open_door()
            elif order["do"] == "listen":
                with doors.listen(order["address"], order["port"]) as door:
                    self._tell({"listening": True}, (door.fileno(),))
            elif order["do"] == "divert":
                self._divert(order["what"])
            elif order["do"] == "connect":
                doors.connect(order["port"], descriptors[0])
            elif order["do"] == "extensions":
                self._start_extensions(order, descriptors[0])
            elif order["do"] == "leave":
                self._end_all_but_extensions()
            else:
                self._start(packet, descriptors)
        except OSError as error:
            self._tell({"failed": str(error)})

    def _open_door(self) -> None:
        """Hand the Runtime API's door out: the one made ahead, or a new one where a reset has closed that."""
        door = self._door or doors.listen(*doors.RUNTIME_API)
        self._door = None
        with door:
            self._tell({"door": True}, (door.fileno(),))

    def _divert(self, what: str) -> None:
        """Hand out the socket to which all connections, or all questions for names, are turned aside."""
        with diversion.connections() if what == "connections" else diversion.names() as turned:
            self._tell({"diverted": True}, (turned.fileno(),))

    def _start_extensions(self, order: dict[str, Any], output: int) -> None:
        """Start external extensions; of each that could not be started the tutor hears when it has ended."""
        self._frozen = False
        for name in order["names"]:
            refused, why = os.pipe()
            extension = os.fork()
            if extension == 0:
                try:
                    self._become_extension(order, f"/opt/extensions/{name}", why, output)
                finally:
                    os._exit(1)
            os.close(why)
            self._refused[extension] = refused
            self._extensions[extension] = name
        os.close(output)

    def _become_extension(self, order: dict[str, Any], path: str, why: int, output: int) -> None:
        signal.set_wakeup_fd(-1)
        self._give_up_rights()
        isolation.limit(order["file_descriptors"], order["processes"])
        os.chdir("/var/task")
        isolation.arrange(why, output)
        entrypoint.execute([[path]], order["environment"], isolation.RUNTIME_DESCRIPTOR)

    def _end_all_but_extensions(self) -> None:
        """Kill what is not in the session of an external extension: each began one of its own."""
        for process in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
            try:
                if process > 1 and os.getsid(process) not in self._extensions:
                    os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _share(self, cpu: float | None) -> None:
        if self._throttle:
            self._throttle.release()
        self._throttle = Throttle(cpu, idle_s=_IDLE_S) if cpu else None

    def _fork(self) -> Spare:
        """The process of the next runtime."""
        return Spare(self._bootstrap, self._give_up_rights, lambda error: self._tell({"failed": str(error)}))

    def _start(self, order: bytes, descriptors: list[int]) -> None:
        """Start the runtime; one that is a program of its own gets, for a line, an end to say why it is none.

        That is read when it has ended: who could stop it before it begins must not stop this process too.
        """
        *lines, output = descriptors
        refused, line = (None, lines[0]) if lines else os.pipe()
        self._frozen = False
        spare, self._spare = self._spare or self._fork(), None
        self._runtime = spare.pid
        handle = os.pidfd_open(spare.pid)
        spare.start(order, (line, output))
        os.close(line)
        os.close(output)
        if refused is not None:
            self._refused[spare.pid] = refused
        self._tell({"started": spare.pid}, (handle,))
        os.close(handle)

    def _give_up_rights(self) -> None:
        isolation.give_up_rights(self._host_root, counted=self._counted)

    def _freeze(self) -> None:
        if not self._frozen:
            self._frozen = True
            self._signal_all(signal.SIGSTOP)

    def _thaw(self) -> None:
        self._frozen = False
        self._signal_all(signal.SIGCONT)
        if self._throttle:
            self._throttle.wake()
        self._thaws = [time.monotonic() + after for after in _THAW_AGAIN_S]

    def _repeat_thaw(self, wait: float | None) -> float | None:
        """Send SIGCONT again a little later; how long to wait at most.

        A child that is being forked while SIGSTOP and SIGCONT arrive is born stopped: Linux hands only the first on.
        """
        if not self._thaws:
            return wait
        now = time.monotonic()
        if now >= self._thaws[-1]:
            self._thaws.pop()
            if not self._frozen and not (self._throttle and self._throttle.stopped):
                self._signal_all(signal.SIGCONT)
        due = max(0.0, self._thaws[-1] - now) if self._thaws else None
        return min((one for one in (wait, due) if one is not None), default=None)

    @staticmethod
    def _signal_all(number: int) -> None:
        """Everything in the pid namespace but this process."""
        try:
            os.kill(-1, number)
        except ProcessLookupError:
            pass

    def _sweep(self) -> None:
        """Kill everything and wait until it is gone."""
        self._runtime = None
        if self._spare:
            self._spare.forget()
            self._spare = None
        self._extensions.clear()
        self._frozen = False
        self._signal_all(signal.SIGKILL)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                break
        for pid in list(self._refused):
            self._refusal(pid)
        self._tell({"swept": True})

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            refusal = self._refusal(pid)
            if pid == self._runtime:
                self._runtime = None
                self._tell({"refused": refusal} if refusal else {"ended": os.waitstatus_to_exitcode(status)})
            elif pid in self._extensions:
                name = self._extensions.pop(pid)
                code = os.waitstatus_to_exitcode(status)
                self._tell({"unstarted": name} if refusal else {"extension": name, "code": code})

    def _refusal(self, pid: int) -> str:
        """Why a process' program could not begin; empty where it has, or where there is none."""
        refused = self._refused.pop(pid, None)
        return "" if refused is None else entrypoint.refusal(refused)
