"""What this host offers: tier by tier and limit by limit the mechanism that holds it, and the cure where none can.

The tier in use is tried for real; of another one it is told what it would hold.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox.environment import enforcement
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter, installed
from tutor.sandbox.portable import portable
from tutor.sandbox.public_network import lacking as lacking_public_network
from tutor.sandbox.tier import VARIABLE, lacking, tier_name

ENFORCED, NOT_ENFORCEABLE = "enforced", "not enforceable here"
_HANDLER = "def lambda_handler(event, context):\n    return event\n"
_SWITCHES = {
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl user.max_user_namespaces=10000"),
}
_GROUP = {
    "memory": "a control group counts the whole process tree; the supervisor kills at the limit",
    "cpu": "a control group gives the share of the memory size",
}
_WHY = {
    "memory": {
        "cgroup-v2": _GROUP["memory"],
        "cgroup-v1": _GROUP["memory"],
        "watchdog": "the supervisor measures the process tree every few milliseconds and kills at the limit",
    },
    "cpu": {
        "cgroup-v2": _GROUP["cpu"],
        "cgroup-v1": _GROUP["cpu"],
        "watchdog": "everything is stopped while it is ahead of the share of the memory size",
        "none": "this system tells CPU time too coarsely to share it",
    },
    "timeout": {"supervisor": "the supervisor kills at the deadline, from outside"},
    "ephemeral_storage": {
        "namespace": "/tmp is a tmpfs of its size, in a mount namespace of its own",
        "none": "/tmp is a folder of the environment's own, as large as the host's disk",
    },
    "file_system": {
        "namespace": "a root of its own; everything but /tmp is read-only",
        "none": "the handler sees the host's files, with this user's rights or fewer; Lambda's folders are but names",
    },
    "file_descriptors": {"rlimit": "a resource limit, set before the function's code"},
    "processes": {
        "cgroup-v2": "a control group counts processes and threads",
        "cgroup-v1": "a control group counts processes and threads",
        "rlimit": "a resource limit on the environment's own user, set before the function's code",
        "none": "a user's limit counts that user's other processes too, and root has none",
    },
    "network": {
        "namespace": "a network namespace with nothing but its own loopback",
        "seccomp": "a filter refuses every socket but local ones",
        "none": "the handler has this host's network",
    },
    "environment": {"supervisor": "refused when the function is created"},
    "payload": {"supervisor": "the supervisor counts request and response"},
}


@dataclass(frozen=True)
class Finding:
    """One limit in one tier. ``status`` is ``enforced`` or ``not enforceable here``."""

    limit: str
    status: str
    mechanism: str
    why: str
    cure: str = ""


@dataclass(frozen=True)
class TierFound:
    """One tier of this host: whether it is the one in use, and its limits."""

    name: str
    used: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Program:
    """One program that handlers or custom runtimes can be run with. ``where`` is empty for one that is missing."""

    name: str
    where: str
    use: str


@dataclass(frozen=True)
class Host:
    """What was found, the tier in use first; ``lacking`` says why there are no namespaces, where there are none."""

    tiers: tuple[TierFound, ...]
    programs: tuple[Program, ...]
    lacking: str


def examine(quotas: Quotas) -> Host:
    """Try a sandbox for real and say what holds each limit, in each tier that this host offers."""
    used = tier_name()
    try:
        held = _try(quotas)
    except HostError as error:
        held, reason = enforcement("none", "none", **dict.fromkeys(_WHY, "none")), str(error)
        cure = _cure(used)
        broken = tuple(Finding(limit, NOT_ENFORCEABLE, "none", reason, cure) for limit in held)
        return Host((TierFound(used, True, broken),), tuple(_programs()), lacking())
    tiers = [_tier(used, True, held, quotas)]
    if used != "portable":
        tiers.append(_tier("portable", False, enforcement(**portable().mechanisms), quotas))
    return Host(tuple(tiers), tuple(_programs()), lacking())


def _try(quotas: Quotas) -> Mapping[str, str]:
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


def _tier(name: str, used: bool, held: Mapping[str, str], quotas: Quotas) -> TierFound:
    return TierFound(name, used, tuple(_finding(name, limit, mechanism, quotas) for limit, mechanism in held.items()))


def _finding(tier: str, limit: str, mechanism: str, quotas: Quotas) -> Finding:
    why = _WHY[limit].get(mechanism, "held here")
    if limit == "cpu":
        why += f"; this host has {cores(quotas)} of {quotas.vcpu_max} vCPU"
    if limit == "network" and tier == "namespaces":
        why += f"; --network public: {lacking_public_network(tier) or 'a broker outside connects to public addresses'}"
    if mechanism == "none":
        return Finding(limit, NOT_ENFORCEABLE, mechanism, why, _cure(tier))
    return Finding(limit, ENFORCED, mechanism, why)


def cores(quotas: Quotas) -> int:
    """How many of a function's greatest number of vCPU this host really has."""
    has = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(has, quotas.vcpu_max)


def _cure(tier: str) -> str:
    """The command that gives this user the tier with namespaces, where one is known to."""
    if tier == "portable" and not lacking():
        forced = os.environ.get(VARIABLE) == "portable"
        return f"unset {VARIABLE}" if forced else "Nothing to do: the tier with namespaces is used here."
    if os.geteuid() == 0:
        return "Run it where root may make namespaces, or as an ordinary user where user namespaces are allowed."
    for path, (closed, command) in _SWITCHES.items():
        switch = Path(path)
        if switch.exists() and switch.read_text().strip() == closed:
            return command
    return "Use a Linux host (or virtual machine) on which user namespaces are allowed."


def _programs() -> Iterator[Program]:
    """Interpreters and tools, by their names on PATH."""
    for interpreter in installed():
        where = f"{interpreter.prefix}/{interpreter.executable}"
        own = interpreter == host_interpreter()
        yield Program(interpreter.runtime, where, "the tutor's own Python" if own else "handlers that ask for it")
    for name, use in (("node", "Node.js handlers"), ("curl", "custom runtimes written in bash")):
        yield Program(name, shutil.which(name) or "", use)
