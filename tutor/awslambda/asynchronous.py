"""Asynchronous invocation: what becomes of a queued event after each attempt. The plan of retries, without a clock.

Source: developer guide, invocation-async-error-handling and invocation-async-retain-records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tutor.awslambda.quotas import Quotas

Outcome = Literal["success", "function-error", "throttle", "service-error"]
"""How an attempt ended. Function errors are exceptions, timeouts, exits; a throttle or service error ran nothing."""

Condition = Literal["Success", "RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency"]
"""Why an event is done with, in the words of the invocation record."""


@dataclass(frozen=True)
class RetrySettings:
    """What an EventInvokeConfig says about errors. ``maximum_event_age`` in seconds."""

    maximum_retry_attempts: int
    maximum_event_age: int

    @classmethod
    def of(cls, config: Mapping[str, Any] | None, quotas: Quotas) -> "RetrySettings":
        """The settings of a configuration in AWS's members; what is not set has its default."""
        given = config or {}
        retries, age = given.get("MaximumRetryAttempts"), given.get("MaximumEventAgeInSeconds")
        return cls(
            quotas.async_retries if retries is None else int(retries),
            quotas.async_event_age_max if age is None else int(age),
        )


@dataclass(frozen=True)
class QueuedEvent:
    """An event in the queue. ``received`` in seconds; ``invocations`` ran and failed; ``delays`` were in a row."""

    received: float
    invocations: int = 0
    delays: int = 0


@dataclass(frozen=True)
class Attempt:
    """Invoke the function with the event now."""


@dataclass(frozen=True)
class Retry:
    """Try the event, as it stands now, again at the time ``at``."""

    at: float
    event: QueuedEvent


@dataclass(frozen=True)
class Fail:
    """Give the event up: to the dead-letter queue and the on-failure destination."""

    condition: Condition
    event: QueuedEvent


@dataclass(frozen=True)
class Succeed:
    """The event is done: to the on-success destination."""

    event: QueuedEvent
    condition: Condition = "Success"


def before_attempt(event: QueuedEvent, now: float, settings: RetrySettings, reserved: int | None) -> Attempt | Fail:
    """Whether an event whose turn has come is tried at all: not when nothing is reserved for it, nor when too old."""
    if reserved == 0:
        return Fail("ZeroReservedConcurrency", event)
    if now - event.received >= settings.maximum_event_age:
        return Fail("EventAgeExceeded", event)
    return Attempt()


def after_attempt(
    event: QueuedEvent, outcome: Outcome, now: float, settings: RetrySettings, quotas: Quotas
) -> Succeed | Retry | Fail:
    """The next step after an attempt that ended at ``now``.

    A function error uses up one of the retries, which wait one and two minutes; where the wait would outlast the
    event's age, the event fails at once. A throttle or service error uses up none: it comes back after one second,
    doubled up to five minutes, until the event is too old.
    """
    if outcome == "success":
        return Succeed(replace(event, invocations=event.invocations + 1))
    deadline = event.received + settings.maximum_event_age
    if outcome == "function-error":
        failed = replace(event, invocations=event.invocations + 1, delays=0)
        return _after_error(failed, now, deadline, settings, quotas)
    if now >= deadline:
        return Fail("EventAgeExceeded", event)
    at = min(now + backoff(event.delays, quotas), deadline)
    return Retry(at, replace(event, delays=event.delays + 1))


def _after_error(
    event: QueuedEvent, now: float, deadline: float, settings: RetrySettings, quotas: Quotas
) -> Retry | Fail:
    if event.invocations > settings.maximum_retry_attempts:
        return Fail("RetriesExhausted", event)
    waits = (quotas.async_retry_wait_first, quotas.async_retry_wait_second)
    at = now + waits[min(event.invocations, len(waits)) - 1]
    return Fail("EventAgeExceeded", event) if at >= deadline else Retry(at, event)


def backoff(delays: int, quotas: Quotas) -> float:
    """Seconds until an event comes back that was throttled ``delays`` times in a row before."""
    doubled = quotas.async_throttle_wait_min * 2 ** min(delays, 32)
    return float(min(doubled, quotas.async_throttle_wait_max))
