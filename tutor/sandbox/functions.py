"""Functions in the sandbox: the ``Functions`` that the use cases ask for."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.quotas import Quotas
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment, enforcement
from tutor.sandbox.interpreter import Interpreter, interpreter_for
from tutor.sandbox.package import Code, Package, open_package
from tutor.sandbox.pool import EnvironmentPool
from tutor.sandbox.portable import portable
from tutor.sandbox.public_network import public_tier
from tutor.sandbox.tier import Tier, tier, tier_name


class SandboxedFunction:
    """A function and the environments that serve it: one for each event at a time. Safe for threads."""

    def __init__(
        self, package: Package, configuration: FunctionConfiguration, quotas: Quotas, *, public: bool = False
    ) -> None:
        self._package = package
        self._tier_for: Callable[[Interpreter], Tier] = public_tier if public else tier
        self._configuration = configuration
        self._quotas = quotas
        self._lock = threading.Lock()
        self._nursery: Tier | None = None
        self._handed = ""
        self.pool = EnvironmentPool(self._make)

    def invoke(self, event: Json = None, *, client_context: Json = None) -> Invocation:
        """Invoke it once, in an idle environment or a new one. ``None`` is the event ``{}``.

        ``client_context`` is what a direct caller passes beside the event.
        """
        return self.pool.invoke({} if event is None else event, client_context)

    def _make(self) -> ExecutionEnvironment:
        """A new environment; the package is handed over with the first one, and again where the zygote was killed."""
        with self._lock:
            if self._nursery is None or not self._nursery.alive:
                found = self._tier_for(interpreter_for(self._configuration.runtime))
                self._handed = found.hand_over(self._package)
                self._nursery = found
            return ExecutionEnvironment(self._nursery, self._handed, self._configuration, self._quotas)

    def renew(self) -> None:
        """Give the idle environments up, so that the next invocation is a cold start."""
        self.pool.empty()

    def close(self) -> None:
        """Shut the environments down; nothing of them stays. Safe to call twice."""
        self.pool.close()
        with self._lock:
            if self._nursery is not None:
                self._nursery.forget(self._handed)
                self._nursery = None


class SandboxedFunctions:
    """Creates functions that run in this host's sandbox, with a ``public`` network or with none."""

    def __init__(self, quotas: Quotas, *, public: bool = False) -> None:
        self._quotas = quotas
        self._public = public

    def create(
        self, code: Code, configuration: FunctionConfiguration, layers: Sequence[Code] = ()
    ) -> SandboxedFunction:
        """A function from a file, a folder, a zip, or a mapping of file names to texts; its layers likewise.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a path that is not there,
        ``HostError`` on a host without namespaces.
        """
        check_configuration(configuration, self._quotas)
        package = open_package(code, self._quotas, layers)
        return SandboxedFunction(package, configuration, self._quotas, public=self._public)

    def enforcement(self) -> Mapping[str, str]:
        """Limit -> mechanism on this host (``none`` where it is not enforced)."""
        return self._enforcement

    @cached_property
    def _enforcement(self) -> Mapping[str, str]:
        return host_enforcement()


def host_enforcement() -> Mapping[str, str]:
    """What holds each limit on this host, in the tier that is used here; control groups are tried for real."""
    if tier_name() == "portable":
        return enforcement(**portable().mechanisms)
    return enforcement(**{"memory": "watchdog", "cpu": "watchdog", **cgroup.available()})
