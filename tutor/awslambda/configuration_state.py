"""The life of a function's configuration: State and LastUpdateStatus with their reasons, as a table.

A state and an event lead to the next state; a pair not in the table is an error. Source: developer guide,
functions-states; reasons as recorded from the service.
"""

from dataclasses import dataclass
from enum import Enum

from tutor.errors import Defect, ServiceError


class Event(Enum):
    """What can happen to a function's configuration."""

    CREATED = "created"  # CreateFunction, or a version that SnapStart has yet to make a snapshot of
    READY = "ready"  # what was asked for is in place
    BROKE = "broke"  # it cannot be put in place; the reason comes with it
    UPDATE = "update"  # UpdateFunctionCode or UpdateFunctionConfiguration
    IDLE = "idle"  # nobody used it for so long that its resources were taken back
    WOKEN = "woken"  # invoked while it was inactive
    PUBLISHED = "published"  # a version made of a configuration that is in place


@dataclass(frozen=True)
class ConfigurationState:
    """Where a function's configuration stands, in the words of GetFunctionConfiguration.

    The reasons are there where something is under way or went wrong. ``last_update_status`` is None on a function
    that was never ready yet.
    """

    state: str
    last_update_status: str | None = None
    state_reason: str | None = None
    state_reason_code: str | None = None
    last_update_reason: str | None = None
    last_update_reason_code: str | None = None

    def members(self) -> dict[str, str]:
        """The members of an answer; those without a value are not in it."""
        named = {
            "State": self.state,
            "StateReason": self.state_reason,
            "StateReasonCode": self.state_reason_code,
            "LastUpdateStatus": self.last_update_status,
            "LastUpdateStatusReason": self.last_update_reason,
            "LastUpdateStatusReasonCode": self.last_update_reason_code,
        }
        return {member: value for member, value in named.items() if value is not None}


_CREATING = "The function is being created."  # AWS says so of updates, too
_PENDING = ConfigurationState("Pending", None, _CREATING, "Creating")
_ACTIVE = ConfigurationState("Active", "Successful")
_UPDATING = ConfigurationState("Active", "InProgress", last_update_reason=_CREATING, last_update_reason_code="Creating")
_INACTIVE = ConfigurationState("Inactive", "Successful", "The function is idle.", "Idle")
_RESTORING = ConfigurationState("Pending", "Successful", "The function is being restored.", "Restoring")

SNAPSHOT_FAILED = ("An error occurred during function initialization.", "FunctionError")
"""Reason and code of a version with SnapStart whose INIT failed when it was published."""

TRANSITIONS: dict[tuple[str | None, str | None, Event], ConfigurationState] = {
    (None, None, Event.CREATED): _PENDING,
    (None, None, Event.PUBLISHED): _ACTIVE,
    ("Pending", None, Event.READY): _ACTIVE,
    ("Pending", None, Event.BROKE): ConfigurationState("Failed"),
    ("Pending", "Successful", Event.READY): _ACTIVE,
    ("Pending", "Successful", Event.BROKE): ConfigurationState("Inactive", "Successful"),
    ("Active", "Successful", Event.UPDATE): _UPDATING,
    ("Active", "Failed", Event.UPDATE): _UPDATING,
    ("Active", "InProgress", Event.READY): _ACTIVE,
    ("Active", "InProgress", Event.BROKE): ConfigurationState("Active", "Failed"),
    ("Active", "Successful", Event.IDLE): _INACTIVE,
    ("Active", "Failed", Event.IDLE): _INACTIVE,
    ("Inactive", "Successful", Event.WOKEN): _RESTORING,
    ("Inactive", "Successful", Event.UPDATE): _PENDING,
    ("Failed", None, Event.UPDATE): _PENDING,
}
"""State, LastUpdateStatus and event to what follows. (None, None) is a function that does not exist yet."""


def after(
    current: ConfigurationState | None, event: Event, reason: str | None = None, code: str | None = None
) -> ConfigurationState:
    """What ``event`` leads to. ``reason`` and ``code`` say why it broke. Raises ``Defect`` for what cannot be."""
    state, status = (None, None) if current is None else (current.state, current.last_update_status)
    try:
        following = TRANSITIONS[state, status, event]
    except KeyError:
        raise Defect(f"a function that is {state}/{status} cannot have {event.value}") from None
    if event is not Event.BROKE:
        return following
    if following.state == "Active":
        return ConfigurationState("Active", "Failed", last_update_reason=reason, last_update_reason_code=code)
    return ConfigurationState(following.state, following.last_update_status, reason, code)


def check_updatable(current: ConfigurationState, arn: str) -> None:
    """Refuse to change or publish what is being created or changed."""
    if current.last_update_status == "InProgress":
        text = f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        raise ServiceError("ResourceConflictException", text)
    if current.state == "Pending":
        raise _state_conflict(current)


def check_invocable(current: ConfigurationState, snap_start: bool = False) -> None:
    """Refuse to invoke what is being created, failed, or is inactive. During an update it can be invoked.

    ``snap_start``: it is a version that is restored from a snapshot, which it may not have yet.
    """
    if snap_start and current.state in ("Pending", "Inactive"):
        text = (
            "Lambda is initializing your function. It will be ready to invoke once your function state becomes ACTIVE."
        )
        raise ServiceError("SnapStartNotReadyException", text)
    if current.state != "Active":
        raise _state_conflict(current)


def check_leadable(state: str) -> None:
    """Refuse to lead an alias to a version that failed. (That it is refused is reported, the sentence is ours.)"""
    if state == "Failed":
        raise _state_conflict(ConfigurationState(state))


def _state_conflict(current: ConfigurationState) -> ServiceError:
    text = (
        "The operation cannot be performed at this time. The function is currently in the following state: "
        f"{current.state}"
    )
    return ServiceError("ResourceConflictException", text)
