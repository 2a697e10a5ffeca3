"""Extensions as rules: who may do what when, and when a phase that they take part in is over."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda import log_lines
from tutor.awslambda.extension import TRANSITIONS, Event, Extension, Extensions, State, Step, environment_for
from tutor.errors import ServiceError

BOTH = ("INVOKE", "SHUTDOWN")


def external(*events: str) -> Extensions:
    """One external extension, registered and waiting."""
    return Extensions(10).started("x", "1").registered("x", "", events).after("1", Step.NEXT)


@pytest.mark.parametrize("pair", itertools.product(State, Step))
def test_every_step_that_is_not_in_the_table_is_refused(pair: tuple[State, Step]) -> None:
    """Each pair of state and step either leads somewhere or is refused with Lambda's error type and both names."""
    extension = Extension("x", "1", external=True, state=pair[0])
    if pair in TRANSITIONS:
        assert extension.after(pair[1]).state is TRANSITIONS[pair]
        return
    with pytest.raises(ServiceError) as refused:
        extension.after(pair[1])
    assert refused.value.code == "Extension.InvalidExtensionState"
    assert pair[0].value in refused.value.message
    assert pair[1].value in refused.value.message


def test_init_is_complete_when_everybody_has_asked_for_an_event() -> None:
    """Registered is not ready: the last extension's first ``next`` completes INIT, also of those without events."""
    extensions = Extensions(10).started("a", "1").started("b", "2")
    assert not extensions.all_registered
    extensions = extensions.registered("a", "", BOTH).registered("b", "", ())
    assert extensions.all_registered
    assert not extensions.initialised
    assert not extensions.after("1", Step.NEXT).initialised
    assert extensions.after("1", Step.NEXT).after("2", Step.NEXT).initialised


def test_invoke_waits_for_those_alone_who_asked_for_invoke() -> None:
    """An extension for SHUTDOWN alone is told nothing of an invocation and holds none up."""
    extensions = external("SHUTDOWN").registered("inside", "2", ["INVOKE"]).after("2", Step.NEXT)
    running = extensions.told(Event.INVOKE)
    assert [member.state for member in running.members] == [State.READY, State.RUNNING]
    assert not running.done
    assert running.after("2", Step.NEXT).done
    assert external("SHUTDOWN").told(Event.INVOKE).done
    assert external("SHUTDOWN").told(Event.SHUTDOWN).done


def test_one_that_works_on_is_not_told_again() -> None:
    """An event goes to who waits for one."""
    running = external(*BOTH).told(Event.INVOKE)
    assert running.told(Event.SHUTDOWN) == running


def test_an_internal_extension_cannot_have_shutdown_and_comes_before_the_end_of_init() -> None:
    """The runtime's process ends it, so it hears of no SHUTDOWN; after INIT nobody registers."""
    with pytest.raises(ServiceError, match="SHUTDOWN"):
        Extensions(10).registered("inside", "1", BOTH)
    with pytest.raises(ServiceError, match="registration closed"):
        Extensions(10).close().registered("inside", "1", ["INVOKE"])
    assert not Extensions(10).registered("inside", "1", ["INVOKE"]).members[0].external


@pytest.mark.parametrize(
    ("name", "events", "code"),
    [
        ("", (), "Extension.InvalidExtensionName"),
        ("inside", ("PAUSE",), "Extension.InvalidEventType"),
        ("x", BOTH, "Extension.InvalidExtensionState"),
        ("taken", (), "Extension.InvalidExtensionState"),
    ],
)
def test_bad_registrations_are_refused(name: str, events: tuple[str, ...], code: str) -> None:
    """No name, an unknown event, a second registration (external or internal): each with its own error type."""
    extensions = external("INVOKE").registered("taken", "2", ())
    with pytest.raises(ServiceError) as refused:
        extensions.registered(name, "3", events)
    assert refused.value.code == code


@given(st.integers(min_value=1, max_value=5))
def test_only_so_many(most: int) -> None:
    """An internal one too many is refused; an external one too many fails to launch."""
    extensions = Extensions(most)
    for number in range(most):
        extensions = extensions.registered(f"inside-{number}", str(number), ())
    with pytest.raises(ServiceError, match=rf"limit \({most}\)"):
        extensions.registered("more", "more", ())
    assert extensions.failure is None
    assert extensions.started("more", "more").failure == "Extension.LaunchError"


def test_the_first_failure_names_the_error() -> None:
    """An extension that reports an error and then exits has not crashed; what follows changes nothing."""
    reported = external(*BOTH).after("1", Step.EXIT_ERROR, "Extension.NoKey").after("1", Step.EXIT)
    assert (reported.failure, reported.members[0].error_type) == ("Extension.ExitError", "Extension.NoKey")
    assert reported.members[0].state is State.EXIT_ERROR
    assert external(*BOTH).after("1", Step.EXIT).failure == "Extension.Crash"


def test_an_unknown_or_missing_identifier_is_refused() -> None:
    """Each has an error type of its own."""
    for identifier, code in (("", "Missing"), ("9", "Unknown")):
        with pytest.raises(ServiceError, match=f"Extension.{code}ExtensionIdentifier"):
            external().after(identifier, Step.NEXT)


def test_shutdown_takes_nothing_a_half_or_two_seconds() -> None:
    """As the developer guide has it: no extensions, internal ones only, an external one."""
    inside = Extensions(10).registered("inside", "1", ["INVOKE"])
    assert [each.shutdown_limit(QUOTAS) for each in (Extensions(10), inside, external())] == [0, 500, 2000]


def test_an_extension_does_not_see_what_is_the_runtimes() -> None:
    """The function's own variables yes, the handler's name and the runtime's folders no."""
    seen = environment_for({"_HANDLER": "a.b", "LAMBDA_TASK_ROOT": "/var/task", "OWN": "1", "AWS_REGION": "us-east-1"})
    assert seen == {"OWN": "1", "AWS_REGION": "us-east-1"}


def test_the_lines_are_the_recorded_ones() -> None:
    """As recorded on the service: tabs, the events in the order in which they were asked for, types capitalised."""
    assert log_lines.extension("x", "Ready", BOTH) == "EXTENSION\tName: x\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"
    assert log_lines.extension("x", "Ready", ()) == "EXTENSION\tName: x\tState: Ready\tEvents: []"
    assert log_lines.extension("x", "InitError", (), "E.x").endswith("Events: []\tError Type: E.x")
    assert log_lines.telemetry_subscription("x", ("platform", "function")) == (
        "TELEMETRY\tName: x\tState: Subscribed\tTypes: [Platform, Function]"
    )
