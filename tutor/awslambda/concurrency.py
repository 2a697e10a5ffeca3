"""Reserved and provisioned concurrency: what may be configured, and how provisioned environments come to be.

Source: developer guide, configuration-concurrency, provisioned-concurrency and lambda-concurrency; texts as recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.awslambda.names import FunctionName
from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

ProvisionedStatus = Literal["IN_PROGRESS", "READY", "FAILED"]

INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE"
"""The StatusReason of a provisioned configuration whose environments do not come up."""


@dataclass(frozen=True)
class Concurrency:
    """How an account's concurrency in one Region is shared out.

    ``reserved`` maps a function's name to its reservation; ``provisioned`` maps ``(name, qualifier)`` of a version or
    alias to what is requested there.
    """

    reserved: Mapping[str, int] = field(default_factory=dict)
    provisioned: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def provisioned_of(self, function: str) -> int:
        """Everything provisioned on the versions and aliases of one function."""
        return sum(count for (name, _), count in self.provisioned.items() if name == function)

    def unreserved(self, quotas: Quotas) -> int:
        """What is left for every function without a reservation: no reservation, and nothing provisioned, is in it."""
        outside = sum(count for (name, _), count in self.provisioned.items() if name not in self.reserved)
        return quotas.concurrency - sum(self.reserved.values()) - outside

    def without_reservation(self, function: str) -> "Concurrency":
        """The same without one function's reservation."""
        return Concurrency({name: n for name, n in self.reserved.items() if name != function}, self.provisioned)

    def without_provisioned(self, function: str, qualifier: str) -> "Concurrency":
        """The same without what is provisioned on one version or alias."""
        rest = {key: n for key, n in self.provisioned.items() if key != (function, qualifier)}
        return Concurrency(self.reserved, rest)


def check_reserved(function: str, requested: int, shared: Concurrency, quotas: Quotas) -> None:
    """Refuse a reservation below what is provisioned, or one that leaves less than the floor unreserved."""
    provisioned = shared.provisioned_of(function)
    if requested < provisioned:
        text = (
            f" ReservedConcurrentExecutions  {requested} should not be lower than function's total provisioned "
            f"concurrency [{provisioned}]."
        )
        raise _without_type(text)
    before = Concurrency(
        {name: n for name, n in shared.reserved.items() if name != function},
        {key: n for key, n in shared.provisioned.items() if key[0] != function},
    )
    if before.unreserved(quotas) - requested < quotas.unreserved_concurrency_min:
        raise _without_type(_floor("ReservedConcurrentExecutions", quotas))


def check_provisioned(name: FunctionName, requested: int, shared: Concurrency, quotas: Quotas) -> None:
    """Refuse a number of provisioned environments that reservation, account or floor do not allow."""
    if requested < quotas.provisioned_concurrency_min:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{requested}' at 'provisionedConcurrentExecutions' failed to satisfy "
            f"constraint: Member must have value greater than or equal to {quotas.provisioned_concurrency_min}",
        )
    others = shared.without_provisioned(name.name, name.qualifier or "")
    if name.name in shared.reserved:
        if others.provisioned_of(name.name) + requested > shared.reserved[name.name]:
            text = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution"
            raise _refuse(f"{text} for function")
        return
    left = others.unreserved(quotas)
    if requested > left:
        text = f"is greater than account's unreserved concurrency [{left}]."
        raise _without_type(f"Specified ConcurrentExecutions for function {text}")
    if left - requested < quotas.unreserved_concurrency_min:
        raise _without_type(_floor("ConcurrentExecutions", quotas))


def check_provisioned_target(
    name: FunctionName, shared: Concurrency, aliases: Mapping[str, str], snap_start: bool = False
) -> None:
    """Refuse where nothing can be provisioned: ``$LATEST``, an alias and its version both, a SnapStart version.

    ``aliases`` maps the function's aliases to the versions they point to. (The text about SnapStart is not recorded.)
    """
    if name.is_latest:
        raise _refuse("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if snap_start:
        raise _refuse("Provisioned Concurrency is not supported for functions that use SnapStart.")
    provisioned = {qualifier for function, qualifier in shared.provisioned if function == name.name}
    if name.is_alias and aliases.get(name.qualifier or "") in provisioned:
        text = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
        raise ServiceError("ResourceConflictException", text)
    if name.is_version and any(aliases.get(alias) == name.qualifier for alias in provisioned):
        raise ServiceError("ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias")


def check_provisioned_read(name: FunctionName, configured: bool) -> None:
    """Refuse to read or delete the provisioned concurrency of ``$LATEST``, or where there is none."""
    if name.is_latest:
        raise _refuse("The function resource provided must be an alias or a published version.")
    if not configured:
        text = "No Provisioned Concurrency Config found for this function"
        raise ServiceError("ProvisionedConcurrencyConfigNotFoundException", text)


def _floor(member: str, quotas: Quotas) -> str:
    return (
        f"Specified {member} for function decreases account's UnreservedConcurrentExecution below its minimum value "
        f"of [{quotas.unreserved_concurrency_min}]."
    )


def _without_type(text: str) -> ServiceError:
    """What the account as a whole, or the function's provisioned concurrency, does not allow: recorded so."""
    return ServiceError("InvalidParameterValueException", text, {"Type": ""})


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)


@dataclass(frozen=True)
class Allocation:
    """How far the provisioning of a version or alias is. ``available`` counts what can be used: all or nothing."""

    status: ProvisionedStatus
    allocated: int
    available: int
    reason: str | None = None


def allocation(requested: int, elapsed: float, quotas: Quotas, init_failed: bool = False) -> Allocation:
    """The allocation ``elapsed`` seconds after it was asked for.

    It starts after a minute or two and grows by up to 6,000 environments a minute; none is usable until all are
    there. ``init_failed``: the function's INIT fails, so it ends as FAILED when it would have been ready.
    """
    done = allocation_time(requested, quotas)
    if elapsed >= done:
        return Allocation("FAILED", 0, 0, INIT_FAILURE) if init_failed else Allocation("READY", requested, requested)
    started = max(0.0, elapsed - quotas.provisioned_allocation_delay)
    grown = min(requested, int(started * quotas.provisioned_allocation_rate / 60))
    return Allocation("IN_PROGRESS", 0 if init_failed else grown, 0)


def allocation_time(requested: int, quotas: Quotas) -> float:
    """Seconds from the request to READY."""
    return quotas.provisioned_allocation_delay + requested * 60 / quotas.provisioned_allocation_rate
