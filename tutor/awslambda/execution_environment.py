"""The life of an execution environment as a table: state and event to the next state. A pair not in it is an error.

Source: developer guide, lambda-runtime-environment.
"""

from enum import Enum
from typing import Literal

from tutor.errors import Defect

InitializationType = Literal["on-demand", "provisioned-concurrency", "snap-start"]
"""How an environment came to be, as ``AWS_LAMBDA_INITIALIZATION_TYPE`` tells it. Source: configuration-envvars."""

ON_DEMAND: InitializationType = "on-demand"
PROVISIONED: InitializationType = "provisioned-concurrency"
SNAP_START: InitializationType = "snap-start"


class State(Enum):
    """Where an environment stands between two events."""

    NEW = "new"  # nothing was started yet
    READY = "ready"  # INIT succeeded; the next event is a warm start
    SNAPSHOT = "snapshot"  # SnapStart: INIT succeeded, and the runtime waits to be restored for its first event
    INIT_FAILED = "init failed"  # INIT failed or was late; it is run again inside the first invocation
    RESET = "reset"  # its processes are gone and /tmp stays; the next invocation runs INIT again
    SHUT_DOWN = "shut down"

    __hash__ = object.__hash__  # an enumeration's own is a method in Python, and each event asks the table


class Event(Enum):
    """What can happen to an environment."""

    __hash__ = object.__hash__

    INIT_SUCCEEDED = "INIT succeeded"
    INIT_FAILED = "INIT failed"
    SNAPSHOT_TAKEN = "a snapshot taken"
    RESTORED = "restored"
    ANSWERED = "answered"  # a response or an error document; both leave the environment as it is
    BROKE = "broke"  # timeout, out of memory, exit, or INIT failing inside an invocation
    RESET = "reset"
    SHUTDOWN = "shutdown"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.NEW, Event.INIT_SUCCEEDED): State.READY,
    (State.NEW, Event.INIT_FAILED): State.INIT_FAILED,
    (State.NEW, Event.SNAPSHOT_TAKEN): State.SNAPSHOT,
    (State.NEW, Event.RESET): State.NEW,
    (State.SNAPSHOT, Event.RESTORED): State.READY,
    (State.SNAPSHOT, Event.BROKE): State.RESET,
    (State.SNAPSHOT, Event.RESET): State.RESET,
    (State.READY, Event.ANSWERED): State.READY,
    (State.READY, Event.BROKE): State.RESET,
    (State.READY, Event.RESET): State.RESET,
    (State.INIT_FAILED, Event.INIT_SUCCEEDED): State.READY,
    (State.INIT_FAILED, Event.SNAPSHOT_TAKEN): State.SNAPSHOT,
    (State.INIT_FAILED, Event.BROKE): State.RESET,
    (State.INIT_FAILED, Event.RESET): State.RESET,
    (State.RESET, Event.INIT_SUCCEEDED): State.READY,
    (State.RESET, Event.SNAPSHOT_TAKEN): State.SNAPSHOT,
    (State.RESET, Event.INIT_FAILED): State.INIT_FAILED,
    (State.RESET, Event.BROKE): State.RESET,
    (State.RESET, Event.RESET): State.RESET,
    (State.NEW, Event.SHUTDOWN): State.SHUT_DOWN,
    (State.READY, Event.SHUTDOWN): State.SHUT_DOWN,
    (State.SNAPSHOT, Event.SHUTDOWN): State.SHUT_DOWN,
    (State.INIT_FAILED, Event.SHUTDOWN): State.SHUT_DOWN,
    (State.RESET, Event.SHUTDOWN): State.SHUT_DOWN,
    (State.SHUT_DOWN, Event.SHUTDOWN): State.SHUT_DOWN,
}


def after(state: State, event: Event) -> State:
    """The state that ``event`` leads to. Raises ``Defect`` for a pair that cannot be."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Defect(f"an execution environment that is {state.value} cannot have {event.value}") from None
