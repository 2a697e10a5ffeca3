"""Functions in the sandbox: the ``Functions`` that the use cases ask for."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from tutor.awslambda.execution_environment import ON_DEMAND, PROVISIONED, SNAP_START, InitializationType
from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.awslambda.initialisation import Initialisation
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.awslambda.quotas import Quotas
from tutor.sandbox import cgroup
from tutor.sandbox.environment import ExecutionEnvironment, enforcement
from tutor.sandbox.interpreter import Interpreter, interpreter_for
from tutor.sandbox.package import Code, Package, open_package
from tutor.sandbox.pool import EnvironmentPool
from tutor.sandbox.portable import portable
from tutor.sandbox.provisioned import ProvisionedEnvironments
from tutor.sandbox.public_network import public_tier
from tutor.sandbox.surroundings import Surround
from tutor.sandbox.tier import Tier, tier, tier_name


class SandboxedFunction:
    """A function and the environments that serve it: one for each event at a time. Safe for threads."""

    def __init__(
        self,
        package: Package,
        configuration: FunctionConfiguration,
        quotas: Quotas,
        *,
        public: bool = False,
        surround: Surround | None = None,
    ) -> None:
        self._package = package
        self._surround = surround
        self._tier_for: Callable[[Interpreter], Tier] = public_tier if public else tier
        self._configuration = configuration
        self._quotas = quotas
        self._lock = threading.Lock()
        self._nursery: Tier | None = None
        self._handed = ""
        self._provisioned = ProvisionedEnvironments(lambda: self._make(PROVISIONED))
        self.pool = EnvironmentPool(self._make, self._provisioned)

    def invoke(self, event: Json = None, request: InvocationRequest | None = None) -> Invocation:
        """Invoke it once: in an idle provisioned environment, an idle one on demand, or a new one.

        ``None`` is the event ``{}``; ``bytes`` are handed over as they are. ``request`` is what the caller gives
        beside the event.
        """
        return self.pool.invoke({} if event is None else event, request)

    def provision(self, count: int) -> tuple[Initialisation, ...]:
        """Have ``count`` provisioned environments, initialised now; 0 gives them all up. What came of each new INIT.

        Where one of them did not succeed none of the new ones is kept: the number is what it was. Returns when all
        have ended their INIT; none serves before. Raises ``HostError`` as ``invoke`` does.
        """
        return self._provisioned.provision(count)

    @property
    def provisioned(self) -> int:
        """How many provisioned environments it has."""
        return self._provisioned.count

    def snapshot(self) -> Initialisation:
        """SnapStart: run INIT as when a version is published, and keep what succeeds for the first invocation.

        An environment cannot be copied here: each that is made later runs INIT too, which nobody is told of, before it
        is restored. Raises ``HostError`` as ``invoke`` does.
        """
        environment = self._make()
        found = environment.initialise()
        if found.succeeded:
            self.pool.add(environment)
        else:
            environment.shutdown()
        return found

    def prepare(self) -> None:
        """Have all there that is not the function's own: the interpreter's zygote, with the package handed over.

        So that what is waited for afterwards is the function alone. Raises ``HostError`` as ``invoke`` does.
        """
        if self._nursery is None:
            with self._lock:
                self._found()

    def _found(self) -> Tier:
        """The tier in which it runs, which holds its package; made again where the zygote was killed."""
        if self._nursery is None or not self._nursery.alive:
            found = self._tier_for(interpreter_for(self._configuration.runtime))
            self._handed = found.hand_over(self._package)
            self._nursery = found
        return self._nursery

    def _make(self, initialization_type: InitializationType | None = None) -> ExecutionEnvironment:
        """A new environment."""
        kind = initialization_type or (SNAP_START if self._configuration.snap_start else ON_DEMAND)
        surroundings = self._surround() if self._surround else None
        with self._lock:
            found = self._found()
            return ExecutionEnvironment(found, self._handed, self._configuration, self._quotas, surroundings, kind)

    def renew(self) -> None:
        """Give the idle environments up, so that the next invocation is a cold start."""
        self.pool.empty()

    def abandon(self) -> None:
        """End what is busy now, with no answer: an invocation that runs raises ``HostError``."""
        self.pool.abandon()

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
        self,
        code: Code,
        configuration: FunctionConfiguration,
        layers: Sequence[Code] = (),
        surround: Surround | None = None,
    ) -> SandboxedFunction:
        """A function from a file, a folder, a zip, or a mapping of file names to texts; its layers likewise.

        ``surround`` tells, for each environment when it is made, what the Region puts around it; what a Region keeps
        it has taken in already, also in ways in which a zip may be longer than in a direct upload.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a path that is not there,
        ``HostError`` on a host without namespaces.
        """
        check_configuration(configuration, self._quotas)
        package = open_package(code, self._quotas, layers, stored=surround is not None)
        return SandboxedFunction(package, configuration, self._quotas, public=self._public, surround=surround)

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
