"""Functions in the sandbox: the ``Functions`` that the use cases ask for."""

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property

from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment, enforcement
from tutor.sandbox.nursery import Nursery, nursery
from tutor.sandbox.package import Code, Package, open_package


class SandboxedFunction:
    """A function and the one environment that serves it."""

    def __init__(self, package: Package, configuration: FunctionConfiguration, quotas: Quotas) -> None:
        self._package = package
        self._configuration = configuration
        self._quotas = quotas
        self._environment: ExecutionEnvironment | None = None
        self._nursery: Nursery | None = None
        self._handed = ""

    def invoke(self, event: Json = None) -> Invocation:
        """Invoke it once; starts the environment when there is none. ``None`` is the event ``{}``."""
        if self._environment is None:
            self._environment = ExecutionEnvironment(*self._source(), self._configuration, self._quotas)
        return self._environment.invoke({} if event is None else event)

    def _source(self) -> tuple[Nursery, str]:
        """The nursery, and the name of the package in it; a new one where the old one was killed."""
        if self._nursery is None or not self._nursery.alive:
            self._nursery = nursery()
            self._handed = self._nursery.hand_over(self._package)
        return self._nursery, self._handed

    def renew(self) -> None:
        """Give the environment up, so that the next invocation is a cold start."""
        if self._environment is not None:
            self._environment.shutdown()
            self._environment = None

    def close(self) -> None:
        """Shut the environment down; nothing of it stays. Safe to call twice."""
        self.renew()
        if self._nursery is not None:
            self._nursery.forget(self._handed)
            self._nursery = None


class SandboxedFunctions:
    """Creates functions that run in this host's sandbox."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def create(
        self, code: Code, configuration: FunctionConfiguration, layers: Sequence[Code] = ()
    ) -> SandboxedFunction:
        """A function from a file, a folder, a zip, or a mapping of file names to texts; its layers likewise.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a path that is not there,
        ``HostError`` on a host without namespaces.
        """
        check_configuration(configuration, self._quotas)
        package = open_package(code, self._quotas, layers)
        if sys.platform != "linux":
            raise HostError("The sandbox needs Linux namespaces, which this system does not have.")
        return SandboxedFunction(package, configuration, self._quotas)

    def enforcement(self) -> Mapping[str, str]:
        """Limit -> mechanism on this host (``none`` where it is not enforced)."""
        return self._enforcement

    @cached_property
    def _enforcement(self) -> Mapping[str, str]:
        return host_enforcement()


def host_enforcement() -> Mapping[str, str]:
    """What holds each limit on this host; control groups are tried for real."""
    memory, cpu = cgroup.available()
    return enforcement(memory or "watchdog", cpu or "watchdog")
