"""The zygote: a warm interpreter inside the base root, from which environments are forked.

It has loaded what Lambda itself has warm (the interpreter and the runtime client) and nothing of any learner. It ends,
and everything forked from it, when the tutor does.

    tutor ──packets──▶ zygote ──fork into new namespaces──▶ first process of an environment ──fork──▶ runtime
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from tutor.sandbox import filesystem, init, packing, seccomp, syscalls
from tutor.sandbox.rehearsal import fill_gaps, rehearse
from tutor.sandbox.syscalls import CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS

_LONGEST_ORDER = 1 << 18
_MOST_DESCRIPTORS = 16
_NO_SHARE = (("cpu.cfs_quota_us", b"-1"), ("cpu.max", b"max"))
_PATIENCE_S = 60  # on a busy host processes end slowly, and nobody waits for this one
_ALL_NEW = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS


def main(descriptor: int) -> None:
    """Serve the tutor's orders until it closes the line."""
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    bootstrap = _warm_runtime()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for environments: their lines tell how they ended
    line.send(json.dumps({"built": True, "memory": _own_memory()}).encode())
    environments = _Environments(descriptor)
    try:
        while _serve(line, bootstrap, environments):
            pass
    except (BrokenPipeError, ConnectionResetError):
        pass  # the tutor was killed while it waited for an answer, or with one unread
    finally:
        environments.end()


def _serve(line: socket.socket, bootstrap: Any, environments: "_Environments") -> bool:
    """Obey one order; False where none will come any more."""
    packet, descriptors, _, _ = socket.recv_fds(line, _LONGEST_ORDER, _MOST_DESCRIPTORS)
    if not packet:
        return False
    try:
        answer = _obey(json.loads(packet), descriptors, bootstrap, environments)
    except OSError as error:
        answer = {"failed": str(error)}
    line.send(json.dumps(answer).encode())
    for number in descriptors:
        if number not in environments.parents:
            os.close(number)
    return True


class _Environments:
    """What was forked, and its control groups: folders that the zygote removes when the tutor is gone."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.parents: list[int] = []
        self._pids: set[int] = set()
        self._names: set[str] = set()

    def expect(self, name: str) -> None:
        """The tutor is about to make groups of this name below the parents."""
        self._names.add(name)

    def drop(self, name: str) -> None:
        """The tutor has removed them."""
        self._names.discard(name)

    def add(self, pid: int) -> None:
        """Remember an environment."""
        self._pids = {known for known in self._pids if os.path.exists(f"/proc/{known}")} | {pid}

    def end(self) -> None:
        """Kill every environment that is left and remove its groups."""
        for pid in self._pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + _PATIENCE_S
        left = {(name, parent) for name in self._names for parent in self.parents}
        for name, parent in left:
            let_go(name, parent)
        while left and time.monotonic() < deadline:
            left = {(name, parent) for name, parent in left if not self._removed(name, parent)}
            time.sleep(0.002)

    def _removed(self, name: str, parent: int) -> bool:
        try:
            os.rmdir(name, dir_fd=parent)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


def let_go(name: str, parent: int) -> None:
    """Lift a group's CPU share: what has a small one, or none left in this period, ends as slowly as it runs."""
    for file, without in _NO_SHARE:
        try:
            limit = os.open(f"{name}/{file}", os.O_WRONLY, dir_fd=parent)
        except OSError:
            continue  # another version's, or a group that is no processor's
        try:
            os.write(limit, without)
        except OSError:
            pass  # the group has gone meanwhile
        finally:
            os.close(limit)


def _warm_runtime() -> Any:
    """Load the runtime client, and put what is loaded where no collection touches (and so copies) it."""
    sys.path.insert(0, "/var/runtime")
    import bootstrap  # type: ignore[import-not-found] # it lies in /var/runtime, inside the base root alone

    sys.path.remove(filesystem.CODE)
    sys.argv[:] = ["/var/runtime/bootstrap.py"]
    seccomp.prepare()
    rehearse(bootstrap, Path(filesystem.CODE, "rehearsal"))
    gc.collect()
    fill_gaps()
    gc.freeze()
    return bootstrap


def _own_memory() -> int:
    """Bytes of anonymous memory that every fork of this process begins with."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def _obey(order: dict[str, Any], descriptors: list[int], bootstrap: Any, environments: _Environments) -> dict[str, Any]:
    if order["do"] == "environment":
        pid = _environment(order, descriptors, bootstrap)
        environments.add(pid)
        return {"pid": pid}
    if order["do"] == "parents":
        environments.parents = list(descriptors)
        return {}
    if order["do"] == "expect":
        environments.expect(order["name"])
        return {}
    if order["do"] == "removed":
        environments.drop(order["name"])
        return {}
    if order["do"] == "porter":
        return {"pid": _porter(descriptors[0], [environments.line])}
    raise OSError(f"unknown order {order['do']}")


def _environment(order: dict[str, Any], descriptors: list[int], bootstrap: Any) -> int:
    """Fork the first process of a new environment: its line to the tutor, then the entrances of its control groups."""
    line, *groups = descriptors
    pid = syscalls.fork_into(_ALL_NEW)
    if pid == 0:
        try:
            told = {name: order[name] for name in ("host_root", "counted")}
            init.serve(socket.socket(fileno=line), groups, bootstrap, **told)
        finally:
            os._exit(0)
    return pid


def _porter(descriptor: int, kept: list[int]) -> int:
    """The process that writes packages; it keeps nothing of the zygote's but its own line."""
    pid = os.fork()
    if pid == 0:
        try:
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
            for number in kept:
                os.close(number)
            packing.serve(socket.socket(fileno=descriptor), Path(filesystem.PACKAGES))
        finally:
            os._exit(0)
    return pid
