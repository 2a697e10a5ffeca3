"""Environments that are initialised ahead and stay: a function's provisioned concurrency."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tutor.awslambda.initialisation import Initialisation
from tutor.errors import UsageError
from tutor.sandbox.environment import ExecutionEnvironment

_AT_A_TIME = 8  # ours: how many INITs run at once, so that a hundred environments do not starve each other


class ProvisionedEnvironments:
    """Those of one function version. Safe for threads.

    ``make`` makes one; it may raise ``HostError``. They are not retired when they are idle, and one that was reset
    stays: its next invocation runs INIT again.
    """

    def __init__(self, make: Callable[[], ExecutionEnvironment]) -> None:
        self._make = make
        self._provisioning = threading.Lock()
        self._lock = threading.Lock()
        self._closed = False
        self._all: list[ExecutionEnvironment] = []
        self._idle: list[ExecutionEnvironment] = []  # the most recently used one last

    @property
    def count(self) -> int:
        """How many there are, idle and busy."""
        return len(self._all)

    def provision(self, count: int) -> tuple[Initialisation, ...]:
        """Have so many; what came of each new INIT. None of the new ones is kept where one has failed.

        Surplus ones are shut down when they are idle. Raises ``UsageError`` for a negative number.
        """
        if count < 0:
            raise UsageError(f"{count} environments cannot be provisioned: give 0 or more.")
        with self._provisioning:
            missing = count - self.count
            if missing <= 0:
                self._shrink(-missing)
                return ()
            return self._grow(missing)

    def _grow(self, missing: int) -> tuple[Initialisation, ...]:
        made: list[ExecutionEnvironment] = []

        def start(_: int) -> Initialisation:
            environment = self._make()
            made.append(environment)
            return environment.initialise()

        kept = False
        try:
            with ThreadPoolExecutor(_AT_A_TIME, "provision") as starters:
                found = tuple(starters.map(start, range(missing)))
            kept = all(one.succeeded for one in found) and self._keep(made)
        finally:
            if not kept:
                for environment in made:
                    environment.shutdown()
        return found

    def _keep(self, made: list[ExecutionEnvironment]) -> bool:
        """From now on they serve; False where everything was closed meanwhile."""
        with self._lock:
            if not self._closed:
                self._all += made
                self._idle += made
            return not self._closed

    def _shrink(self, surplus: int) -> None:
        """Take away so many, idle ones first; a busy one ends when it has answered."""
        with self._lock:
            busy = [environment for environment in self._all if environment not in self._idle]
            gone = [*self._idle, *busy][:surplus]
            idle = [environment for environment in gone if environment in self._idle]
            self._all = [environment for environment in self._all if environment not in gone]
            self._idle = [environment for environment in self._idle if environment not in gone]
        for environment in idle:
            environment.shutdown()

    def take(self) -> ExecutionEnvironment | None:
        """An idle one, the most recently used first; None where there is none."""
        with self._lock:
            return self._idle.pop() if self._idle else None

    def give_back(self, environment: ExecutionEnvironment) -> None:
        """One of these has answered: it is idle again, or not wanted any more."""
        with self._lock:
            if environment in self._all:
                self._idle.append(environment)
                return
        environment.shutdown()

    def forget(self, environment: ExecutionEnvironment) -> None:
        """It could not serve, for a reason of the host's: it is shut down elsewhere, and another may take its place."""
        with self._lock:
            self._all = [known for known in self._all if known is not environment]

    def close(self) -> None:
        """Shut down what is idle now, and what is busy when it has answered."""
        with self._lock:
            self._closed = True
        self._shrink(self.count)
