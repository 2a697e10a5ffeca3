"""What this host offers: limit by limit the mechanism that holds it, found by trying, and the cure where none can."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox.environment import enforcement
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter

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
_SHARED = {
    "cgroup-v2": "a control group gives the share of the memory size",
    "cgroup-v1": "a control group gives the share of the memory size",
    "watchdog": "everything is stopped while it is ahead of the share of the memory size",
}
_WHY = {
    "file_descriptors": "a resource limit, set before the function's code",
    "processes": "a resource limit on the environment's own user, set before the function's code",
    "timeout": "the supervisor kills at the deadline, from outside",
    "ephemeral_storage": "/tmp is a tmpfs of its size, in a mount namespace of its own",
    "file_system": "a root of its own; everything but /tmp is read-only",
    "network": "a network namespace with nothing but its own loopback",
    "environment": "refused when the function is created",
    "payload": "the supervisor counts request and response",
}


@dataclass(frozen=True)
class Finding:
    """One limit on this host. ``status`` is ``enforced`` or ``not enforceable here``."""

    limit: str
    status: str
    mechanism: str
    why: str
    cure: str = ""


def examine(quotas: Quotas) -> tuple[Finding, ...]:
    """Try a sandbox for real and say what holds each limit here."""
    try:
        held = _try(quotas)
    except HostError as error:
        return tuple(_missing(limit, str(error)) for limit in enforcement("none", "none"))
    return tuple(_finding(limit, mechanism, quotas) for limit, mechanism in held.items())


def _try(quotas: Quotas) -> Mapping[str, str]:
    if sys.platform != "linux":
        raise HostError(f"The sandbox needs Linux namespaces; this is {platform.system()}.")
    configuration = FunctionConfiguration(
        handler="lambda_function.lambda_handler",
        memory_size=quotas.memory_size_default,
        timeout=quotas.timeout_default,
        ephemeral_storage=quotas.ephemeral_storage_default,
        runtime=host_interpreter().runtime,
    )
    function = SandboxedFunctions(quotas).create({"lambda_function.py": _HANDLER}, configuration)
    try:
        return function.invoke({}).enforcement
    finally:
        function.close()


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
        cores, most = len(os.sched_getaffinity(0)), quotas.vcpu_max
        return Finding(
            limit, "enforced", mechanism, f"{_SHARED[mechanism]}; this host has {min(cores, most)} of {most} vCPU"
        )
    return Finding(limit, "enforced", mechanism, _WHY[limit])
