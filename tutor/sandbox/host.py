"""What this host offers: limit by limit the mechanism that holds it, found by trying, and the cure where none can."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment, enforcement
from tutor.sandbox.interpreter import host_interpreter
from tutor.sandbox.package import Package

_HANDLER = "def lambda_handler(event, context):\n    return event\n"
_SWITCHES = {
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl user.max_user_namespaces=10000"),
}
_WATCHED = {
    "cgroup-v2": "a control group counts the whole process tree; the supervisor kills at the limit",
    "cgroup-v1": "a control group counts the whole process tree; the supervisor kills at the limit",
    "watchdog": "the supervisor measures the process tree every few milliseconds and kills at the limit",
}
_WHY = {
    "timeout": "the supervisor kills at the deadline, from outside",
    "ephemeral_storage": "/tmp is a tmpfs of its size, in a mount namespace of its own",
    "file_system": "a root of its own; everything but /tmp is read-only",
    "network": "a network namespace with nothing but its own loopback",
    "environment": "refused when the function is created",
    "payload": "the supervisor counts request and response",
}
_NOT_YET = "not enforced by this version of the tutor"


@dataclass(frozen=True)
class Finding:
    """One limit on this host. ``status`` is ``enforced``, ``not yet`` or ``not enforceable here``."""

    limit: str
    status: str
    mechanism: str
    why: str
    cure: str = ""


def examine(quotas: Quotas) -> tuple[Finding, ...]:
    """Try a sandbox for real and say what holds each limit here."""
    try:
        _try(quotas)
    except HostError as error:
        return tuple(_missing(limit, str(error)) for limit in enforcement("none"))
    found = enforcement(cgroup.available() or "watchdog")
    return tuple(_finding(limit, mechanism, quotas) for limit, mechanism in found.items())


def _try(quotas: Quotas) -> None:
    if sys.platform != "linux":
        raise HostError(f"The sandbox needs Linux namespaces; this is {platform.system()}.")
    configuration = FunctionConfiguration(
        handler="lambda_function.lambda_handler",
        memory_size=quotas.memory_size_default,
        timeout=quotas.timeout_default,
        ephemeral_storage=quotas.ephemeral_storage_default,
        runtime=host_interpreter().runtime,
    )
    package = Package(texts=(("lambda_function.py", _HANDLER),))
    environment = ExecutionEnvironment(package, configuration, quotas)
    try:
        environment.invoke({})
    finally:
        environment.shutdown()


def _missing(limit: str, reason: str) -> Finding:
    return Finding(limit, "not enforceable here", "none", reason, cure())


def cure() -> str:
    """The command that would give an ordinary user the namespaces, where a known switch is off."""
    for path, (closed, command) in _SWITCHES.items():
        switch = Path(path)
        if switch.exists() and switch.read_text().strip() == closed:
            return command
    return "Use a Linux host (or virtual machine) on which user namespaces are allowed." if os.geteuid() else ""


def _finding(limit: str, mechanism: str, quotas: Quotas) -> Finding:
    if limit == "memory":
        return Finding(limit, "enforced", mechanism, _WATCHED[mechanism])
    if limit == "cpu":
        cores = len(os.sched_getaffinity(0))
        most = quotas.vcpu_max
        return Finding(limit, "not yet", mechanism, f"{_NOT_YET}; this host has {min(cores, most)} of {most} vCPU")
    if mechanism == "none":
        return Finding(limit, "not yet", mechanism, _NOT_YET)
    return Finding(limit, "enforced", mechanism, _WHY[limit])
