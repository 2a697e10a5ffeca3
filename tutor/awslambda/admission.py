"""Admission: whether an invocation may start now, on which environments, or why it is throttled.

A state machine without a clock: every call says what time it is. Nothing here waits or starts anything.
Source: developer guide, lambda-concurrency and scaling-behavior; API reference, ``TooManyRequestsException``.
"""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from tutor.awslambda.concurrency import Concurrency
from tutor.awslambda.quotas import Quotas

ThrottleReason = Literal[
    "ConcurrentInvocationLimitExceeded",
    "FunctionInvocationRateLimitExceeded",
    "ReservedFunctionConcurrentInvocationLimitExceeded",
    "ReservedFunctionInvocationRateLimitExceeded",
    "CallerRateLimitExceeded",
]

MESSAGE = "Rate Exceeded."
"""The message of every throttle, whatever its reason."""

_RATE_WINDOW = 1.0  # s: the rate quota counts requests per second


@dataclass(frozen=True)
class Throttle:
    """A request turned away: AWS's reason, and after how many seconds it may be worth another try."""

    reason: ThrottleReason
    retry_after: int = 1


@dataclass(frozen=True)
class Admitted:
    """A request that runs. ``provisioned``: on an environment that is kept warm for its version or alias.

    ``spillover``: it has provisioned environments, but all were busy. Give it back to ``release`` at its end.
    """

    function: str
    qualifier: str
    provisioned: bool = False
    spillover: bool = False


@dataclass
class _Window:
    """How often something happened in the last ``length`` seconds."""

    length: float
    times: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> int:
        while self.times and self.times[0] <= now - self.length:
            self.times.popleft()
        return len(self.times)

    def wait(self, now: float) -> int:
        return max(1, ceil(self.times[0] + self.length - now)) if self.times else 1


@dataclass(frozen=True)
class Usage:
    """What is in use: for the concurrency metrics. ``claimed`` is AWS's ClaimedAccountConcurrency."""

    concurrent: int
    unreserved: int
    claimed: int
    of_function: int
    provisioned: int
    provisioned_utilization: float


class Admission:
    """The concurrency of one account in one Region.

    ``shared`` says who has what reserved and provisioned; only provisioned environments that are ready belong in
    it. Replace it when that changes: nothing that runs is stopped, but nothing more is let in over the new limits.
    """

    def __init__(self, quotas: Quotas, shared: Concurrency | None = None) -> None:
        self.shared = shared or Concurrency()
        self._quotas = quotas
        self._on_demand: Counter[str] = Counter()
        self._warm: Counter[tuple[str, str]] = Counter()
        self._environments: Counter[str] = Counter()
        self._grown: dict[str, _Window] = defaultdict(lambda: _Window(quotas.scaling_interval))
        self._rate: dict[str, _Window] = defaultdict(lambda: _Window(_RATE_WINDOW))

    def admit(self, function: str, qualifier: str, now: float, *, synchronous: bool = True) -> Admitted | Throttle:
        """Let one invocation of ``function:qualifier`` in at ``now`` (seconds), or say why not.

        ``qualifier`` is what was invoked: an alias or version (``$LATEST`` for none). The request rate counts for
        synchronous invocations only.
        """
        target = (function, qualifier)
        ready = self.shared.provisioned.get(target, 0)
        if self._warm[target] < ready:
            return self._admit_warm(target, ready, now, synchronous)
        refusal = self._over_rate(function, now) if synchronous else None
        refusal = refusal or self._over_concurrency(function) or self._over_scaling(function, now)
        if refusal is not None:
            return refusal
        self._on_demand[function] += 1
        if self._on_demand[function] > self._environments[function]:
            self._environments[function] += 1
            self._grown[function].times.append(now)
        self._note_rate(self._rate_key(function), now, synchronous)
        return Admitted(function, qualifier, spillover=ready > 0)

    def release(self, admitted: Admitted) -> None:
        """An admitted invocation has ended."""
        if admitted.provisioned:
            self._warm[admitted.function, admitted.qualifier] -= 1
        else:
            self._on_demand[admitted.function] -= 1
            if not self._on_demand[admitted.function]:
                del self._on_demand[admitted.function]

    def forget_environments(self, function: str, count: int | None = None) -> None:
        """``count`` idle environments of a function are gone (None: all that run nothing); more must be made anew."""
        running = self._on_demand[function]
        left = running if count is None else self._environments[function] - count
        self._environments[function] = max(running, left)

    def usage(self, function: str) -> Usage:
        """What is in use now, over the account and by ``function``."""
        running = self._of_function(function)
        warm = sum(count for (name, _), count in self._warm.items() if name == function)
        ready = self.shared.provisioned_of(function)
        unreserved = self._unreserved_running()
        outside = sum(n for (name, _), n in self.shared.provisioned.items() if name not in self.shared.reserved)
        return Usage(
            concurrent=self._on_demand.total() + self._warm.total(),
            unreserved=unreserved,
            claimed=unreserved + sum(self.shared.reserved.values()) + outside,
            of_function=running,
            provisioned=warm,
            provisioned_utilization=warm / ready if ready else 0.0,
        )

    def _admit_warm(self, target: tuple[str, str], ready: int, now: float, synchronous: bool) -> Admitted | Throttle:
        key = ":".join(target)
        if synchronous and self._rate[key].count(now) >= ready * self._quotas.requests_per_concurrency:
            return Throttle("FunctionInvocationRateLimitExceeded", self._rate[key].wait(now))
        self._warm[target] += 1
        self._note_rate(key, now, synchronous)
        return Admitted(*target, provisioned=True)

    def _over_rate(self, function: str, now: float) -> Throttle | None:
        window = self._rate[self._rate_key(function)]
        if window.count(now) < self._limit(function) * self._quotas.requests_per_concurrency:
            return None
        if not self._limit(function):  # with nothing to run on it is the concurrency that lacks
            return None
        reserved = function in self.shared.reserved
        reason: ThrottleReason = (
            "ReservedFunctionInvocationRateLimitExceeded" if reserved else "FunctionInvocationRateLimitExceeded"
        )
        return Throttle(reason, window.wait(now))

    def _over_concurrency(self, function: str) -> Throttle | None:
        if function in self.shared.reserved:
            if self._on_demand[function] >= self._limit(function):
                return Throttle("ReservedFunctionConcurrentInvocationLimitExceeded")
        elif self._unreserved_running() >= self._limit(function):
            return Throttle("ConcurrentInvocationLimitExceeded")
        return None

    def _over_scaling(self, function: str, now: float) -> Throttle | None:
        """A function gets at most so many new environments in any ten seconds; what it did not use is not saved."""
        grown = self._grown[function]
        if self._on_demand[function] < self._environments[function]:
            return None
        if grown.count(now) < self._quotas.scaling_environments:
            return None
        return Throttle("ConcurrentInvocationLimitExceeded", grown.wait(now))

    def _limit(self, function: str) -> int:
        """On-demand concurrency that the function may use: the rest of its reservation, or the common pool."""
        reserved = self.shared.reserved.get(function)
        if reserved is not None:
            return max(0, reserved - self.shared.provisioned_of(function))
        return max(0, self.shared.unreserved(self._quotas))

    def _rate_key(self, function: str) -> str:
        """Functions with a reservation have a rate of their own; all others share the account's."""
        return function if function in self.shared.reserved else ""

    def _note_rate(self, key: str, now: float, synchronous: bool) -> None:
        if synchronous:
            self._rate[key].times.append(now)

    def _unreserved_running(self) -> int:
        return sum(count for name, count in self._on_demand.items() if name not in self.shared.reserved)

    def _of_function(self, function: str) -> int:
        return self._on_demand[function] + sum(n for (name, _), n in self._warm.items() if name == function)
