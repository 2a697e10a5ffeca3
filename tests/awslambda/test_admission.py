"""Admission: account, reserved and provisioned concurrency, scaling and request rate, each with AWS's reason."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.admission import Admission, Admitted, Throttle
from tutor.awslambda.concurrency import Concurrency


def fill(admission: Admission, function: str, count: int, now: float = 0.0) -> list[Admitted]:
    """``count`` invocations let in, as asynchronous ones so that the rate does not count."""
    admitted = [admission.admit(function, "$LATEST", now, synchronous=False) for _ in range(count)]
    assert all(isinstance(one, Admitted) for one in admitted)
    return [one for one in admitted if isinstance(one, Admitted)]


def test_a_thousand_run_at_once_and_no_more() -> None:
    """The account's limit is shared by all functions; an end makes room."""
    admission = Admission(QUOTAS)
    running = fill(admission, "f", 600) + fill(admission, "g", 400)
    assert admission.admit("h", "$LATEST", 0) == Throttle("ConcurrentInvocationLimitExceeded")
    admission.release(running[0])
    assert admission.admit("h", "$LATEST", 0) == Admitted("h", "$LATEST")


def test_a_reservation_is_cap_and_guarantee() -> None:
    """The function stops at it, and nobody else gets it; zero stops everything."""
    admission = Admission(QUOTAS, Concurrency({"f": 2, "off": 0}))
    fill(admission, "g", 998)
    assert admission.admit("g", "$LATEST", 0) == Throttle("ConcurrentInvocationLimitExceeded")
    fill(admission, "f", 2)
    reason = Throttle("ReservedFunctionConcurrentInvocationLimitExceeded")
    assert admission.admit("f", "$LATEST", 0) == reason == admission.admit("off", "$LATEST", 0)


def test_provisioned_first_then_spillover() -> None:
    """Warm environments of the alias are used first; what is over runs on demand."""
    admission = Admission(QUOTAS, Concurrency({}, {("f", "PROD"): 1}))
    first = admission.admit("f", "PROD", 0)
    assert first == Admitted("f", "PROD", provisioned=True)
    assert admission.admit("f", "PROD", 0) == Admitted("f", "PROD", spillover=True)
    assert admission.admit("f", "$LATEST", 0) == Admitted("f", "$LATEST")
    usage = admission.usage("f")
    assert (usage.concurrent, usage.of_function, usage.provisioned, usage.provisioned_utilization) == (3, 3, 1, 1.0)
    assert usage.claimed == 3
    assert isinstance(first, Admitted)
    admission.release(first)
    assert admission.admit("f", "PROD", 0) == first


def test_all_of_a_reservation_provisioned_throttles_latest() -> None:
    """Reserved equals provisioned: nothing is left on demand, so no spillover and no $LATEST."""
    admission = Admission(QUOTAS, Concurrency({"f": 1}, {("f", "1"): 1}))
    reason = Throttle("ReservedFunctionConcurrentInvocationLimitExceeded")
    assert admission.admit("f", "$LATEST", 0) == reason
    assert admission.admit("f", "1", 0) == Admitted("f", "1", provisioned=True)
    assert admission.admit("f", "1", 0) == reason


def test_ten_requests_a_second_for_each_unit_of_concurrency() -> None:
    """A total: a single environment may take them all; asynchronous invocations do not count."""
    admission = Admission(QUOTAS, Concurrency({"f": 1}))
    for number in range(10):
        admitted = admission.admit("f", "$LATEST", number / 100)
        assert isinstance(admitted, Admitted)
        admission.release(admitted)
    assert admission.admit("f", "$LATEST", 0.5) == Throttle("ReservedFunctionInvocationRateLimitExceeded")
    fill(admission, "f", 1, 0.5)[0]
    admission.release(Admitted("f", "$LATEST"))
    assert isinstance(admission.admit("f", "$LATEST", 1.005), Admitted)


def test_the_rate_of_the_account_and_of_provisioned_environments() -> None:
    """Functions without a reservation share one rate; a provisioned alias has ten times what is provisioned."""
    small = dataclasses.replace(QUOTAS, concurrency=2, requests_per_concurrency=2)
    admission = Admission(small)
    for function in "abcd":
        admission.release(_admitted(admission, function, "$LATEST"))
    assert admission.admit("e", "$LATEST", 0) == Throttle("FunctionInvocationRateLimitExceeded")
    admission = Admission(small, Concurrency({}, {("f", "1"): 1}))
    for _ in range(2):
        admission.release(_admitted(admission, "f", "1"))
    assert admission.admit("f", "1", 0) == Throttle("FunctionInvocationRateLimitExceeded")


def _admitted(admission: Admission, function: str, qualifier: str) -> Admitted:
    admitted = admission.admit(function, qualifier, 0)
    assert isinstance(admitted, Admitted)
    return admitted


def test_a_function_grows_by_a_thousand_environments_in_ten_seconds() -> None:
    """Each function on its own, and unused allowance is not saved up."""
    admission = Admission(dataclasses.replace(QUOTAS, concurrency=5000))
    fill(admission, "f", 1000, now=100)
    assert admission.admit("f", "$LATEST", 104) == Throttle("ConcurrentInvocationLimitExceeded", 6)
    fill(admission, "g", 1000, now=104)
    fill(admission, "f", 1000, now=110)
    assert isinstance(admission.admit("f", "$LATEST", 110), Throttle)


def test_warm_environments_do_not_count_as_growth_until_they_are_gone() -> None:
    """What was made once is used again; idle environments that ended must be made anew."""
    small = dataclasses.replace(QUOTAS, scaling_environments=2)
    admission = Admission(small)
    for one in fill(admission, "f", 2):
        admission.release(one)
    running = fill(admission, "f", 2, now=1)
    assert isinstance(admission.admit("f", "$LATEST", 1), Throttle)
    for one in running:
        admission.release(one)
    admission.forget_environments("f")
    assert isinstance(admission.admit("f", "$LATEST", 1), Throttle)
    assert isinstance(admission.admit("f", "$LATEST", 10), Admitted)


_STEPS = st.lists(
    st.tuples(st.sampled_from("fgh"), st.sampled_from(["$LATEST", "1"]), st.booleans(), st.floats(0, 3)), max_size=60
)


@given(_STEPS)
def test_no_order_of_arrivals_and_ends_exceeds_a_limit(steps: list[tuple[str, str, bool, float]]) -> None:
    """Account, reservation, provisioned environments and growth hold at every moment."""
    quotas = dataclasses.replace(QUOTAS, concurrency=6, scaling_environments=3, scaling_interval=4)
    shared = Concurrency({"f": 2}, {("g", "1"): 1})
    admission, running, now = Admission(quotas, shared), list[Admitted](), 0.0
    new: list[tuple[float, str]] = []
    peaks: dict[str, int] = {}
    for function, qualifier, arrives, elapsed in steps:
        now += elapsed
        if not arrives and running:
            admission.release(running.pop(0))
            continue
        answer = admission.admit(function, qualifier, now)
        if isinstance(answer, Throttle):
            assert answer.retry_after >= 1
            continue
        running.append(answer)
        on_demand = [one.function for one in running if not one.provisioned]
        assert len(running) <= 6
        assert on_demand.count("f") <= 2
        assert len(on_demand) - on_demand.count("f") <= 3
        assert sum(one.provisioned for one in running) <= 1
        if on_demand.count(function) > peaks.get(function, 0):
            peaks[function] = on_demand.count(function)
            new.append((now, function))
        assert sum(1 for at, name in new if name == function and at > now - 4) <= 3
        assert admission.usage(function).concurrent == len(running)
