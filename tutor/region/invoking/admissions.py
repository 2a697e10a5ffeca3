"""Who may run now: the account's concurrency in each AWS region, asked under one lock."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.awslambda.admission import MESSAGE, Admission, Admitted, Throttle, Usage
from tutor.awslambda.concurrency import Concurrency
from tutor.errors import ServiceError
from tutor.region.catalogue import LATEST, Target

if TYPE_CHECKING:
    from tutor.region.region import Region


class Admissions:
    """Admission in every AWS region of one account. Safe for threads.

    ``pace`` gives seconds that go by while a fast clock stands: its one moment is not to hold a second's requests.
    """

    def __init__(self, region: "Region", pace: Callable[[], float] = time.monotonic) -> None:
        self._region = region
        self.pace = pace
        self._lock = threading.Lock()
        self._by_region: dict[str, Admission] = {}

    def admit(self, target: Target, *, synchronous: bool = True) -> Admitted | Throttle:
        """Let one invocation in, or say why not. What was admitted is to be given back to ``release``."""
        admission = self._admission(target.aws_region)
        qualifier = self._serving(admission.shared, target)
        with self._lock:
            return admission.admit(target.name, qualifier, self._now(), synchronous=synchronous)

    def _serving(self, shared: Concurrency, target: Target) -> str:
        """Under which qualifier the target is served: its own, or one whose provisioned environments are its version's.

        Provisioned environments belong to a version: an alias's serve calls of the version's number too, and a
        version's those of its aliases.
        """
        asked = target.qualifier or LATEST
        if not shared.provisioned or (target.name, asked) in shared.provisioned:
            return asked
        for name, qualifier in shared.provisioned:
            if name == target.name and target.version in (qualifier, self._version_of(target, qualifier)):
                return qualifier
        return asked

    def _version_of(self, target: Target, alias: str) -> str | None:
        kept = self._region.state.get("alias", f"{target.key}:{alias}")
        return str(kept["FunctionVersion"]) if kept else None

    def release(self, aws_region: str, admitted: Admitted) -> None:
        """An admitted invocation has ended."""
        admission = self._admission(aws_region)
        with self._lock:
            admission.release(admitted)

    def forget(self, aws_region: str, name: str) -> None:
        """The function's idle environments are gone."""
        admission = self._admission(aws_region)
        with self._lock:
            admission.forget_environments(name)

    def refresh(self, aws_region: str) -> None:
        """Reservations or provisioned environments have changed."""
        admission, shared = self._admission(aws_region), self._shared(aws_region, usable=True)
        with self._lock:
            admission.shared = shared

    def usage(self, aws_region: str, name: str) -> Usage:
        """What is in use in the AWS region, and by one function."""
        admission = self._admission(aws_region)
        with self._lock:
            return admission.usage(name)

    def configured(self, aws_region: str) -> Concurrency:
        """What is reserved, and what provisioned concurrency is asked for, ready or not."""
        return self._shared(aws_region, usable=False)

    def _admission(self, aws_region: str) -> Admission:
        """The AWS region's own. The state is read before the lock is taken: its holder may ask for this one."""
        known = self._by_region.get(aws_region)
        if known is None:
            made = Admission(self._region.quotas, self._shared(aws_region, usable=True))
            with self._lock:
                known = self._by_region.setdefault(aws_region, made)
        return known

    def _now(self) -> float:
        clock = self._region.clock
        return clock.now() + self.pace() if clock.mode == "fast" else clock.now()

    def _shared(self, aws_region: str, *, usable: bool) -> Concurrency:
        functions = self._region.catalogue.functions(aws_region)
        reserved = {entry["name"]: entry["reserved"] for entry in functions if entry.get("reserved") is not None}
        provisioned = {}
        for key, entry in self._region.state.items("provisioned", f"{aws_region}/"):
            name, _, qualifier = key.partition("/")[2].partition(":")
            count = entry["available"] if usable else entry["requested"]
            if count:
                provisioned[name, qualifier] = count
        return Concurrency(reserved, provisioned)


def throttled(throttle: Throttle) -> ServiceError:
    """429, with AWS's reason and the seconds after which another try may do; of a reservation it says none."""
    seconds = "" if throttle.reason.startswith("Reserved") else str(throttle.retry_after)
    details = {"Reason": throttle.reason, "Type": "User", "retryAfterSeconds": seconds}
    return ServiceError("TooManyRequestsException", MESSAGE, details)
