"""The plan of retries: one and two minutes after errors, back-off after throttles, and the three ways to give up."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.asynchronous import (
    Attempt,
    Fail,
    Outcome,
    QueuedEvent,
    Retry,
    RetrySettings,
    Succeed,
    after_attempt,
    backoff,
    before_attempt,
)

DEFAULT = RetrySettings.of(None, QUOTAS)
NEW = QueuedEvent(received=0)


def test_settings_default_to_two_retries_and_six_hours() -> None:
    """What is not set has its default; zero retries is a setting."""
    assert RetrySettings(2, 21600) == DEFAULT
    config = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    assert RetrySettings.of(config, QUOTAS) == RetrySettings(0, 60)


def test_a_function_error_is_retried_after_one_and_two_minutes() -> None:
    """Three attempts in all."""
    first = after_attempt(NEW, "function-error", 1, DEFAULT, QUOTAS)
    assert first == Retry(61, QueuedEvent(0, invocations=1))
    second = after_attempt(first.event, "function-error", 62, DEFAULT, QUOTAS)
    assert second == Retry(182, QueuedEvent(0, invocations=2))
    assert after_attempt(second.event, "function-error", 183, DEFAULT, QUOTAS) == Fail(
        "RetriesExhausted", QueuedEvent(0, invocations=3)
    )
    assert after_attempt(second.event, "success", 183, DEFAULT, QUOTAS) == Succeed(QueuedEvent(0, invocations=3))


def test_no_time_for_the_next_retry_means_too_old() -> None:
    """As recorded: with an age of 60 s the first error is the end, counted once."""
    young = RetrySettings(2, 60)
    assert after_attempt(NEW, "function-error", 1, young, QUOTAS) == Fail("EventAgeExceeded", QueuedEvent(0, 1))
    two = after_attempt(QueuedEvent(0, 1), "function-error", 62, RetrySettings(2, 100), QUOTAS)
    assert two == Fail("EventAgeExceeded", QueuedEvent(0, 2))


def test_a_throttle_uses_up_no_retry_and_backs_off_to_five_minutes() -> None:
    """From one second, doubled; a function error in between starts it afresh."""
    assert [backoff(n, QUOTAS) for n in (0, 1, 2, 8, 9, 500)] == [1, 2, 4, 256, 300, 300]
    assert after_attempt(NEW, "throttle", 5, DEFAULT, QUOTAS) == Retry(6, QueuedEvent(0, 0, delays=1))
    later = after_attempt(QueuedEvent(0, 1, delays=4), "service-error", 100, DEFAULT, QUOTAS)
    assert later == Retry(116, QueuedEvent(0, 1, delays=5))
    fresh = after_attempt(QueuedEvent(0, 0, delays=4), "function-error", 100, DEFAULT, QUOTAS)
    assert fresh == Retry(160, QueuedEvent(0, 1, delays=0))


def test_throttled_for_six_hours_is_the_end() -> None:
    """The last try is due when the event is just too old, and is not made."""
    event, now, tries = NEW, 0.0, 0
    while isinstance(before_attempt(event, now, DEFAULT, None), Attempt):
        step = after_attempt(event, "throttle", now, DEFAULT, QUOTAS)
        assert isinstance(step, Retry)
        event, now, tries = step.event, step.at, tries + 1
    assert now == 21600
    assert 70 < tries < 90
    assert before_attempt(event, now, DEFAULT, None) == Fail("EventAgeExceeded", event)
    assert after_attempt(event, "throttle", now, DEFAULT, QUOTAS) == Fail("EventAgeExceeded", event)


def test_nothing_reserved_means_no_attempt() -> None:
    """Reserved concurrency zero: straight to the failure target, with no invocation counted."""
    assert before_attempt(NEW, 0, DEFAULT, 0) == Fail("ZeroReservedConcurrency", NEW)
    assert before_attempt(QueuedEvent(1.8e9), 1.8e9 + 21599, DEFAULT, 1) == Attempt()
    assert isinstance(before_attempt(QueuedEvent(1.8e9), 1.8e9 + 21600, DEFAULT, 1), Fail)
    assert before_attempt(NEW, 0, DEFAULT, 1) == Attempt() == before_attempt(NEW, 0, DEFAULT, None)


@given(
    st.lists(st.tuples(st.sampled_from(get_args(Outcome)), st.floats(0, 900)), max_size=100),
    st.integers(0, 2),
    st.integers(60, 21600),
    st.sampled_from([0.0, 1.8e9]),
)
def test_time_only_moves_on_and_the_end_comes(
    steps: list[tuple[Outcome, float]], retries: int, age: int, start: float
) -> None:
    """Whatever the attempts give: never back in time, never past the age, never more attempts than allowed."""
    settings, event, now = RetrySettings(retries, age), QueuedEvent(start), start
    for outcome, lasted in steps:
        if isinstance(before_attempt(event, now, settings, None), Fail):
            assert now - start >= age
            break
        now += lasted
        step = after_attempt(event, outcome, now, settings, QUOTAS)
        assert event.invocations <= step.event.invocations <= retries + 1
        if not isinstance(step, Retry):
            break
        assert now < step.at <= start + age
        event, now = step.event, step.at


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_the_setting_is_the_number_of_retries(retries: int) -> None:
    """0, 1 or 2 more attempts after the first."""
    event, attempts = NEW, 0
    while True:
        step = after_attempt(event, "function-error", 0, RetrySettings(retries, 21600), QUOTAS)
        attempts += 1
        if isinstance(step, Fail):
            break
        event = step.event
    assert attempts == retries + 1
