"""Reserved and provisioned concurrency: the recorded refusals and the way to READY."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.concurrency import (
    Allocation,
    Concurrency,
    allocation,
    allocation_time,
    check_provisioned,
    check_provisioned_read,
    check_provisioned_target,
    check_reserved,
)
from tutor.awslambda.names import FunctionName
from tutor.errors import ServiceError

FN = FunctionName("fn", "1")
BELOW_FLOOR = (
    "Specified {} for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
)


def test_at_most_nine_hundred_of_a_thousand_can_be_reserved() -> None:
    """The floor of 100 stays, whoever has the rest; a function's own old reservation does not count against it."""
    check_reserved("fn", 900, Concurrency(), QUOTAS)
    check_reserved("fn", 900, Concurrency({"fn": 900}), QUOTAS)
    check_reserved("fn", 0, Concurrency({"other": 900}), QUOTAS)
    text = BELOW_FLOOR.format("ReservedConcurrentExecutions")
    assert refused(check_reserved, "fn", 901, Concurrency(), QUOTAS) == ("InvalidParameterValueException", text)
    assert refused(check_reserved, "fn", 1, Concurrency({"other": 900}), QUOTAS)[1] == text
    assert refused(check_reserved, "fn", 1, Concurrency({}, {("other", "1"): 900}), QUOTAS)[1] == text


def test_a_reservation_covers_what_is_provisioned() -> None:
    """Recorded text, with its odd spaces, and without a Type."""
    shared = Concurrency({}, {("fn", "1"): 2})
    check_reserved("fn", 2, shared, QUOTAS)
    with pytest.raises(ServiceError) as caught:
        check_reserved("fn", 1, shared, QUOTAS)
    assert (caught.value.message, caught.value.details) == (
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
        {"Type": ""},
    )


def test_provisioned_stays_inside_reservation_account_and_floor() -> None:
    """Recorded texts; raising the same target counts once."""
    check_provisioned(FN, 900, Concurrency({}, {("fn", "1"): 900}), QUOTAS)
    check_provisioned(FN, 5, Concurrency({"fn": 5}), QUOTAS)
    check_provisioned(FN, 1, Concurrency(), QUOTAS)
    assert refused(check_provisioned, FN, 0, Concurrency(), QUOTAS) == (
        "ValidationException",
        "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
    )
    within = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    shared = Concurrency({"fn": 5}, {("fn", "2"): 1})
    assert refused(check_provisioned, FN, 5, shared, QUOTAS)[1] == within
    unreserved = Concurrency({"other": 700})
    assert refused(check_provisioned, FN, 301, unreserved, QUOTAS)[1] == (
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [300]."
    )
    assert refused(check_provisioned, FN, 201, unreserved, QUOTAS)[1] == BELOW_FLOOR.format("ConcurrentExecutions")


def test_only_a_version_or_an_alias_but_not_both() -> None:
    """Recorded conflicts between an alias and the version it points to."""
    check_provisioned_target(FN, Concurrency(), {"PROD": "1"})
    check_provisioned_target(FN, Concurrency({}, {("fn", "1"): 1}), {"PROD": "1"})
    latest = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    assert refused(check_provisioned_target, FN.qualified("$LATEST"), Concurrency(), {})[1] == latest
    on_version, on_alias = Concurrency({}, {("fn", "1"): 1}), Concurrency({}, {("fn", "PROD"): 1})
    assert refused(check_provisioned_target, FN.qualified("PROD"), on_version, {"PROD": "1"}) == (
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    )
    assert refused(check_provisioned_target, FN, on_alias, {"PROD": "1"}) == (
        "ResourceConflictException",
        "Version is pointed by a Provisioned Concurrency alias",
    )
    assert "SnapStart" in refused(check_provisioned_target, FN, Concurrency(), {}, True)[1]


def test_reading_what_is_not_there() -> None:
    """Recorded texts."""
    check_provisioned_read(FN, True)
    latest = "The function resource provided must be an alias or a published version."
    assert refused(check_provisioned_read, FN.qualified(None), False)[1] == latest
    assert refused(check_provisioned_read, FN, False) == (
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
    )


def test_allocation_goes_from_nothing_to_ready() -> None:
    """None is usable until all are there; a failing INIT ends in FAILED with the recorded reason."""
    assert allocation(5, 0, QUOTAS) == Allocation("IN_PROGRESS", 0, 0)
    assert allocation(6000, 90, QUOTAS) == Allocation("IN_PROGRESS", 3000, 0)
    assert allocation(5, allocation_time(5, QUOTAS), QUOTAS) == Allocation("READY", 5, 5)
    failed = allocation(1, 600, QUOTAS, init_failed=True)
    assert failed == Allocation("FAILED", 0, 0, "FUNCTION_ERROR_INIT_FAILURE")
    assert allocation_time(6000, QUOTAS) == 120


_COUNTS = st.integers(0, 1200)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), _COUNTS), max_size=12))
def test_whatever_is_accepted_the_floor_stays(steps: list[tuple[str, bool, int]]) -> None:
    """Any order of reservations and provisioning leaves at least 100 unreserved."""
    shared = Concurrency()
    for function, reserve, count in steps:
        try:
            if reserve:
                check_reserved(function, count, shared, QUOTAS)
                shared = Concurrency({**shared.reserved, function: count}, shared.provisioned)
            else:
                check_provisioned(FunctionName(function, "1"), count, shared, QUOTAS)
                shared = Concurrency(shared.reserved, {**shared.provisioned, (function, "1"): count})
        except ServiceError:
            continue
        assert shared.unreserved(QUOTAS) >= 100
        assert all(shared.provisioned_of(name) <= count for name, count in shared.reserved.items())


@given(st.integers(1, 20000), st.floats(0, 1000), st.floats(0, 1000))
def test_allocation_only_grows(requested: int, early: float, later: float) -> None:
    """More time never means fewer environments."""
    early, later = sorted((early, later))
    assert allocation(requested, early, QUOTAS).allocated <= allocation(requested, later, QUOTAS).allocated <= requested


def test_taking_away_gives_back() -> None:
    """A reservation and a provisioned configuration can be taken out again."""
    shared = Concurrency({"fn": 5, "g": 1}, {("fn", "1"): 2})
    assert shared.without_reservation("fn").reserved == {"g": 1}
    assert shared.without_provisioned("fn", "1").provisioned_of("fn") == 0
    assert shared.unreserved(QUOTAS) == 994
    with pytest.raises(KeyError):
        shared.without_reservation("fn").reserved["fn"]
