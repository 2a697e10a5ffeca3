"""Functions in the sandbox: the ``Functions`` that the use cases ask for."""

import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment, enforcement
from tutor.sandbox.package import Package, open_package


class SandboxedFunction:
    """A function and the one environment that serves it."""

    def __init__(self, package: Package, configuration: FunctionConfiguration, quotas: Quotas) -> None:
        self._package = package
        self._configuration = configuration
        self._quotas = quotas
        self._environment: ExecutionEnvironment | None = None

    def invoke(self, event: Json = None) -> Invocation:
        """Invoke it once; starts the environment when there is none. ``None`` is the event ``{}``."""
        if self._environment is None:
            self._environment = ExecutionEnvironment(self._package, self._configuration, self._quotas)
        return self._environment.invoke({} if event is None else event)

    def renew(self) -> None:
        """Give the environment up, so that the next invocation is a cold start."""
        if self._environment is not None:
            self._environment.shutdown()
            self._environment = None

    def close(self) -> None:
        """Shut the environment down; nothing of it stays. Safe to call twice."""
        self.renew()


class SandboxedFunctions:
    """Creates functions that run in this host's sandbox."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def create(self, code: Path | Mapping[str, str], configuration: FunctionConfiguration) -> SandboxedFunction:
        """A function from a file, a folder, a zip, or a mapping of file names to texts.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a path that is not there,
        ``HostError`` on a host without namespaces.
        """
        check_configuration(configuration, self._quotas)
        package = open_package(code, self._quotas)
        if sys.platform != "linux":
            raise HostError("The sandbox needs Linux namespaces, which this system does not have.")
        return SandboxedFunction(package, configuration, self._quotas)

    def enforcement(self) -> Mapping[str, str]:
        """Limit -> mechanism on this host (``none`` where it is not enforced)."""
        return self._enforcement

    @cached_property
    def _enforcement(self) -> Mapping[str, str]:
        return enforcement(cgroup.available() or "watchdog")
