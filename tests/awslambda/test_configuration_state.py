"""State and LastUpdateStatus: the recorded answers on the way, and what is refused meanwhile."""

import itertools

import pytest

from tests.awslambda.refusal import refused
from tutor.awslambda.configuration_state import (
    TRANSITIONS,
    ConfigurationState,
    Event,
    after,
    check_invocable,
    check_updatable,
)
from tutor.errors import Defect

ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"


def follow(*events: Event) -> ConfigurationState:
    state = None
    for event in events:
        state = after(state, event)
    assert state is not None
    return state


def test_a_new_function_is_pending_and_then_active() -> None:
    """The members of the recorded answers, no more and no fewer."""
    assert follow(Event.CREATED).members() == {
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
    }
    active = {"State": "Active", "LastUpdateStatus": "Successful"}
    assert follow(Event.CREATED, Event.READY).members() == active == follow(Event.PUBLISHED).members()


def test_an_update_is_in_progress_and_then_successful() -> None:
    """As recorded, AWS says of an update that the function is being created."""
    assert follow(Event.CREATED, Event.READY, Event.UPDATE).members() == {
        "State": "Active",
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }
    assert follow(Event.CREATED, Event.READY, Event.UPDATE, Event.READY) == follow(Event.CREATED, Event.READY)


def test_what_broke_says_why_where_it_broke() -> None:
    """A creation fails the function; an update only itself, and can be tried again."""
    failed = after(follow(Event.CREATED), Event.BROKE, "No subnet.", "InvalidSubnet")
    assert failed.members() == {"State": "Failed", "StateReason": "No subnet.", "StateReasonCode": "InvalidSubnet"}
    update = after(follow(Event.CREATED, Event.READY, Event.UPDATE), Event.BROKE, "No key.", "KMSKeyNotFound")
    assert update.members() == {
        "State": "Active",
        "LastUpdateStatus": "Failed",
        "LastUpdateStatusReason": "No key.",
        "LastUpdateStatusReasonCode": "KMSKeyNotFound",
    }
    assert after(update, Event.UPDATE).last_update_status == "InProgress"
    assert after(failed, Event.UPDATE).state == "Pending"


def test_an_idle_function_sleeps_and_wakes() -> None:
    """Inactive until it is invoked; then pending until it is restored."""
    idle = follow(Event.CREATED, Event.READY, Event.IDLE)
    assert (idle.state, idle.state_reason_code) == ("Inactive", "Idle")
    assert after(idle, Event.WOKEN).state_reason_code == "Restoring"
    assert after(after(idle, Event.WOKEN), Event.READY) == follow(Event.PUBLISHED)


def test_a_pair_that_is_not_in_the_table_is_a_defect() -> None:
    """Every pair of a reachable state and an event is either in the table or an error."""
    states = {None: (None, None)} | {state: (state.state, state.last_update_status) for state in TRANSITIONS.values()}
    for (state, key), event in itertools.product(states.items(), Event):
        if (*key, event) in TRANSITIONS:
            assert after(state, event).state
        else:
            with pytest.raises(Defect):
                after(state, event)


def test_what_is_refused_meanwhile() -> None:
    """Recorded texts of updates and invocations that come too early."""
    active, updating = follow(Event.CREATED, Event.READY), follow(Event.CREATED, Event.READY, Event.UPDATE)
    check_updatable(active, ARN)
    check_invocable(active)
    check_invocable(updating)
    assert refused(check_updatable, updating, ARN) == (
        "ResourceConflictException",
        f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}",
    )
    pending = (
        "ResourceConflictException",
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    )
    assert refused(check_updatable, follow(Event.CREATED), ARN) == pending
    assert refused(check_invocable, follow(Event.CREATED)) == pending
