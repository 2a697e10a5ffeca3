"""What Lambda says: log lines, error documents, billing and the life of an environment, as pure rules."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import PRICES, QUOTAS
from tutor.awslambda import failure, log_lines
from tutor.awslambda.billing import billed_duration, cost
from tutor.awslambda.execution_environment import TRANSITIONS, Event, State, after
from tutor.awslambda.function import check_environment, check_payload
from tutor.awslambda.invocation import Invocation, Report
from tutor.errors import Defect, ServiceError

REPORT = Report("5b1e", 2.9, 3, 128, 36)


@pytest.mark.parametrize(
    ("report", "ending"),
    [
        (REPORT, "Max Memory Used: 36 MB\t"),
        (Report("5b1e", 2.9, 3, 128, 36, init_duration_ms=110.1), "Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t"),
        (Report("5b1e", 2.9, 3, 128, 36, status="timeout"), "Max Memory Used: 36 MB\tStatus: timeout"),
        (
            Report("5b1e", 2.9, 3, 128, 128, 551.73, "error", "Runtime.OutOfMemory"),
            "Max Memory Used: 128 MB\tInit Duration: 551.73 ms\tStatus: error\tError Type: Runtime.OutOfMemory",
        ),
    ],
)
def test_report_has_the_recorded_fields_tabs_and_order(report: Report, ending: str) -> None:
    """As recorded on the service: two decimals, a tab after every field, status and error type on failures only."""
    start = "REPORT RequestId: 5b1e\tDuration: 2.90 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t"
    assert log_lines.report(report) == start + ending


def test_the_other_lines_are_the_recorded_ones() -> None:
    """INIT_START, START, END and INIT_REPORT."""
    assert log_lines.init_start("python:3.12.v18", "arn:x") == (
        "INIT_START Runtime Version: python:3.12.v18\tRuntime Version ARN: arn:x"
    )
    assert log_lines.start("5b1e", "7") == "START RequestId: 5b1e Version: 7"
    assert log_lines.end("5b1e") == "END RequestId: 5b1e"
    assert log_lines.init_report(1236.04, "init", "timeout") == (
        "INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: timeout"
    )
    assert log_lines.init_report(80.49, "invoke", "error", "Runtime.ImportModuleError") == (
        "INIT_REPORT Init Duration: 80.49 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ImportModuleError"
    )


@pytest.mark.parametrize(
    ("duration", "init", "billed"),
    [(133.61, 80.0, 214), (2.9, None, 3), (3.01, 110.10, 114), (1000.0, None, 1000), (0.01, None, 1), (1.1, 2.9, 4)],
)
def test_billing_rounds_up_to_a_millisecond_with_init(duration: float, init: float | None, billed: int) -> None:
    """The guide's own example (133.61 and 80.00 give 214), and no step lost to floating point."""
    assert billed_duration(duration, init) == billed


@given(st.floats(0.01, 900_000), st.none() | st.floats(0.01, 10_000))
def test_billed_is_never_less_and_never_a_millisecond_more(duration: float, init: float | None) -> None:
    """Whatever was measured (to a hundredth), billed is the next whole millisecond."""
    duration, init = round(duration, 2), init if init is None else round(init, 2)
    billed = billed_duration(duration, init)
    assert -0.005 <= billed - (duration + (init or 0)) < 1.005


def _invocation(memory: int, billed: int, storage: int) -> Invocation:
    report = Report("id", float(billed), billed, memory, 40)
    return Invocation(200, None, None, "$LATEST", (), report, (), {}, configuration={"ephemeral_storage": storage})


def test_cost_is_requests_duration_and_extra_storage() -> None:
    """1,024 MB for one second is one GB-second; /tmp costs above its free part only."""
    assert cost(_invocation(1024, 1000, 512), PRICES) == pytest.approx(2e-7 + 1.6667e-5)
    assert cost(_invocation(512, 500, 512), PRICES) == pytest.approx(2e-7 + 1.6667e-5 / 4)
    assert cost(_invocation(1024, 1000, 1536), PRICES) == pytest.approx(2e-7 + 1.6667e-5 + 3.09e-8)


def test_failures_have_the_recorded_documents() -> None:
    """Two decimals in a timeout's message, the exit in the words of the service's logs."""
    assert failure.timed_out("5b1e", 3).document == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: 5b1e Error: Task timed out after 3.00 seconds",
    }
    assert (failure.timed_out("5b1e", 3).status, failure.timed_out("5b1e", 3).error_type) == ("timeout", None)
    texts = [failure.exited("5b1e", code).document["errorMessage"] for code in (0, 127, -9)]
    assert texts == [
        "RequestId: 5b1e Error: Runtime exited without providing a reason",
        "RequestId: 5b1e Error: Runtime exited with error: exit status 127",
        "RequestId: 5b1e Error: Runtime exited with error: signal: killed",
    ]


def test_the_table_of_an_environments_life_is_closed() -> None:
    """Every pair is either in the table or a Defect; whatever happens, shutting down ends it for good."""
    for pair in itertools.product(State, Event):
        if pair in TRANSITIONS:
            assert after(*pair) is TRANSITIONS[pair]
        else:
            with pytest.raises(Defect, match="cannot have"):
                after(*pair)
    assert {state for (state, event) in TRANSITIONS if event is Event.SHUTDOWN} == set(State)
    assert [event for (state, event) in TRANSITIONS if state is State.SHUT_DOWN] == [Event.SHUTDOWN]


@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{1,8}", fullmatch=True), st.text(max_size=2000), max_size=4))
def test_environment_variables_pass_up_to_four_kilobytes(environment: dict[str, str]) -> None:
    """The JSON of all variables together is what is measured, and what the refusal quotes."""
    import json

    measured = json.dumps(environment, separators=(",", ":"), ensure_ascii=False)
    try:
        size = len(measured.encode())
    except UnicodeEncodeError:
        return
    if size <= QUOTAS.environment_variables_size:
        check_environment(environment, QUOTAS)
    else:
        with pytest.raises(ServiceError) as refusal:
            check_environment(environment, QUOTAS)
        assert refusal.value.message.endswith(f"exceeded the 4KB limit. String measured: {measured}")


def test_a_request_is_refused_at_its_first_byte_too_many() -> None:
    """413 with the recorded text."""
    check_payload(b"x" * QUOTAS.request_payload, QUOTAS)
    with pytest.raises(ServiceError, match=r"^RequestEntityTooLargeException: 6291457 byte payload is too large"):
        check_payload(b"x" * (QUOTAS.request_payload + 1), QUOTAS)
