"""Extensions: what each may do next, and when a phase that they take part in is complete.

An *external* extension is an executable in ``/opt/extensions``, started by Lambda before the runtime; an *internal* one
registers itself from within the runtime's process. Both take part by asking for their next event.

    started ─register─▶ registered ─next─▶ ready ─event─▶ running ─next─▶ ready …

Names of states, error types and texts are those of AWS's own emulator; the rules are those of the developer guide
(runtimes-extensions-api, lambda-runtime-environment).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

INVALID_STATE = "Extension.InvalidExtensionState"


class Event(Enum):
    """What an extension can ask to be told."""

    INVOKE = "INVOKE"
    SHUTDOWN = "SHUTDOWN"


class ShutdownReason(Enum):
    """Why an environment ends or is reset."""

    SPINDOWN = "spindown"
    TIMEOUT = "timeout"
    FAILURE = "failure"


class State(Enum):
    """Where an extension stands."""

    STARTED = "Started"
    REGISTERED = "Registered"
    READY = "Ready"  # it waits for its next event
    RUNNING = "Running"  # it has an event and has not asked for the next one
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"
    LAUNCH_ERROR = "LaunchError"
    EXITED = "Exited"


class Step(Enum):
    """What can happen to an extension."""

    REGISTER = "register"
    NEXT = "next"
    EVENT = "event"
    INIT_ERROR = "init error"
    EXIT_ERROR = "exit error"
    LAUNCH_FAILED = "launch failed"
    EXIT = "exit"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.STARTED, Step.REGISTER): State.REGISTERED,
    (State.STARTED, Step.LAUNCH_FAILED): State.LAUNCH_ERROR,
    (State.STARTED, Step.EXIT): State.EXITED,
    (State.REGISTERED, Step.NEXT): State.READY,
    (State.REGISTERED, Step.INIT_ERROR): State.INIT_ERROR,
    (State.REGISTERED, Step.EXIT_ERROR): State.EXIT_ERROR,
    (State.REGISTERED, Step.EXIT): State.EXITED,
    (State.READY, Step.EVENT): State.RUNNING,
    (State.READY, Step.EXIT_ERROR): State.EXIT_ERROR,
    (State.READY, Step.EXIT): State.EXITED,
    (State.RUNNING, Step.NEXT): State.READY,
    (State.RUNNING, Step.EXIT_ERROR): State.EXIT_ERROR,
    (State.RUNNING, Step.EXIT): State.EXITED,
    (State.INIT_ERROR, Step.INIT_ERROR): State.INIT_ERROR,
    (State.INIT_ERROR, Step.EXIT): State.INIT_ERROR,
    (State.EXIT_ERROR, Step.EXIT_ERROR): State.EXIT_ERROR,
    (State.EXIT_ERROR, Step.EXIT): State.EXIT_ERROR,
    (State.LAUNCH_ERROR, Step.EXIT): State.LAUNCH_ERROR,
}
"""State and step to the next state. A pair that is not in it is refused."""

_FAILURES = {
    Step.LAUNCH_FAILED: "Extension.LaunchError",
    Step.INIT_ERROR: "Extension.InitError",
    Step.EXIT_ERROR: "Extension.ExitError",
    Step.EXIT: "Extension.Crash",
}
"""The error type that a step gives to the whole environment, if it is the first of them."""


@dataclass(frozen=True)
class Extension:
    """One extension of one environment. ``error_type`` is what it said of itself when it reported an error."""

    name: str
    identifier: str
    external: bool
    state: State = State.STARTED
    events: tuple[Event, ...] = ()
    error_type: str = ""

    def after(self, step: Step, error_type: str = "") -> "Extension":
        """The extension once ``step`` has happened. Raises ``ServiceError`` for a step that cannot be now."""
        try:
            state = TRANSITIONS[self.state, step]
        except KeyError:
            raise ServiceError(
                INVALID_STATE,
                f"State transition from {self.state.value} failed for extension {self.name}. "
                f"Error: {step.value} is not allowed in this state",
            ) from None
        return replace(self, state=state, error_type=error_type or self.error_type)


@dataclass(frozen=True)
class Extensions:
    """All extensions of one environment, from their start to their end, as a value: each change gives a new one.

    ``most`` of them are allowed; once ``closed`` (INIT is over) nobody can register any more. ``failure`` is the
    error type of the first thing that went wrong.
    """

    most: int
    members: tuple[Extension, ...] = ()
    closed: bool = False
    failure: str | None = None

    def __bool__(self) -> bool:
        return bool(self.members)

    def named(self, name: str) -> Extension | None:
        """The extension of this name, if there is one."""
        return next((member for member in self.members if member.name == name), None)

    def known(self, identifier: str) -> Extension:
        """The extension with this identifier. Raises ``ServiceError`` if there is none."""
        if not identifier:
            raise ServiceError("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
        found = next((member for member in self.members if member.identifier == identifier), None)
        if found is None:
            raise ServiceError("Extension.UnknownExtensionIdentifier", f"Unknown extension {identifier}")
        return found

    def started(self, name: str, identifier: str) -> "Extensions":
        """With an external extension whose process was just started; one too many fails to launch."""
        extension = Extension(name, identifier, external=True)
        with_it = replace(self, members=(*self.members, extension))
        return with_it if len(with_it.members) <= self.most else with_it.after(identifier, Step.LAUNCH_FAILED)

    def registered(self, name: str, identifier: str, events: Sequence[str]) -> "Extensions":
        """With ``name`` registered for ``events``; ``identifier`` is for an internal one, an external one has its own.

        Raises ``ServiceError`` for what AWS refuses: no name, an unknown event, SHUTDOWN for an internal extension,
        a name taken, one too many, or after INIT.
        """
        if not name:
            raise ServiceError("Extension.InvalidExtensionName", "Empty extension name")
        known = self.named(name)
        external = known is not None and known.external
        asked = tuple(_event(event, external) for event in events)
        if known is None:
            self._check_room()
            known = Extension(name, identifier, external=False)
        elif not external:
            raise ServiceError(INVALID_STATE, "Extension with this name already registered")
        return self._with(replace(known.after(Step.REGISTER), events=tuple(dict.fromkeys(asked))))

    def _check_room(self) -> None:
        if self.closed:
            raise ServiceError("Extension.RegistrationClosed", "Extension registration closed already")
        if len(self.members) >= self.most:
            raise ServiceError("Extension.TooManyExtensions", f"Extension limit ({self.most}) reached")

    def after(self, identifier: str, step: Step, error_type: str = "") -> "Extensions":
        """With one extension moved by ``step``. Raises ``ServiceError`` for what cannot be."""
        moved = self._with(self.known(identifier).after(step, error_type))
        return replace(moved, failure=self.failure or _FAILURES.get(step))

    def _with(self, extension: Extension) -> "Extensions":
        if any(member.identifier == extension.identifier for member in self.members):
            members = tuple(extension if m.identifier == extension.identifier else m for m in self.members)
        else:
            members = (*self.members, extension)
        return replace(self, members=members)

    def close(self) -> "Extensions":
        """After INIT: nobody can register any more."""
        return replace(self, closed=True)

    def told(self, event: Event) -> "Extensions":
        """With ``event`` given to every extension that waits and asked for it."""
        members = tuple(
            member.after(Step.EVENT) if event in member.events and member.state is State.READY else member
            for member in self.members
        )
        return replace(self, members=members)

    @property
    def all_registered(self) -> bool:
        """Whether the runtime may start: every external extension has registered."""
        return all(member.state is not State.STARTED for member in self.members)

    @property
    def initialised(self) -> bool:
        """Whether INIT is complete as far as extensions go: each has asked for its first event."""
        return all(member.state is State.READY for member in self.members)

    @property
    def done(self) -> bool:
        """Whether INVOKE is complete as far as extensions go: whoever was told of it has asked for the next event."""
        return all(member.state is State.READY for member in self.members if Event.INVOKE in member.events)

    def shutdown_limit(self, quotas: Quotas) -> int:
        """How long SHUTDOWN may take, in ms: nothing without extensions, more with external ones."""
        if any(member.external for member in self.members):
            return quotas.shutdown_external_extensions
        return quotas.shutdown_internal_extension if self.members else 0


def _event(event: str, external: bool) -> Event:
    try:
        found = Event(event)
    except ValueError:
        raise ServiceError("Extension.InvalidEventType", f"{event}: unknown event type") from None
    if found is Event.SHUTDOWN and not external:
        reason = "internal extensions cannot register for it"
        raise ServiceError("Extension.InvalidEventType", f"{event}: {reason}")
    return found


def environment_for(variables: dict[str, str]) -> dict[str, str]:
    """The environment variables of an external extension: the function's, without what is the runtime's alone."""
    return {name: value for name, value in variables.items() if name not in RUNTIME_VARIABLES}


RUNTIME_VARIABLES = frozenset(
    {
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS",
        "_AWS_XRAY_DAEMON_PORT", "_HANDLER",
    }
)  # fmt: skip
"""Variables that an extension does not see. Source: developer guide, runtimes-extensions-api."""
