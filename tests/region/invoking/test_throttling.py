"""Who is turned away, with which reason, and what runs again when there is room."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Clients
from tests.region.invoking.conftest import Opens, a_quick_function, lines, queue_up
from tutor.region.call import ADMINISTRATOR
from tutor.region.region import Region

WAITS = """
import os, time

def handler(event, context):
    while event.get("until"):
        time.sleep(0.01)
        import boto3
        from botocore.config import Config
        names = boto3.client("s3", config=Config(s3={"addressing_style": "path"})).list_buckets()["Buckets"]
        if any(bucket["Name"] == event["until"] for bucket in names):
            break
    return event
"""
"""Runs until there is a bucket of the name that the event has: it is in the test's hands when it ends."""


@contextmanager
def occupied(region: Region, count: int, name: str = "f") -> Iterator[None]:
    """So many invocations of a function that run until the end of the block."""
    target = region.catalogue.target("us-east-1", name)
    event = json.dumps({"until": "enough"}).encode()
    threads = [
        threading.Thread(target=region.invoking.invoke, args=(target, event, ADMINISTRATOR)) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    while region.invoking.usage("us-east-1", name).of_function < count:
        threading.Event().wait(0.01)
    try:
        yield
    finally:
        region.client("s3").create_bucket(Bucket="enough")
        for thread in threads:
            thread.join()


def throttle(client: Any, name: str = "f", **more: Any) -> dict[str, Any]:
    """The refusal of an invocation that is throttled."""
    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName=name, **more)
    response: dict[str, Any] = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert response["Type"] == "User"
    return response


def test_reserved_concurrency_is_a_cap(region: Region, served: Clients) -> None:
    """With one reserved and one running the next is turned away, and let in when the first has ended."""
    a_quick_function(region, WAITS)
    client = served("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    with occupied(region, 1):
        response = throttle(client)
        assert response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        assert "retry-after" not in response["ResponseMetadata"]["HTTPHeaders"]
    assert client.invoke(FunctionName="f")["StatusCode"] == 200
    assert any("f throttle ReservedFunctionConcurrentInvocationLimitExceeded" in line for line in lines(region))


def test_nothing_reserved_stops_a_function(region: Region) -> None:
    """A reservation of zero turns every synchronous call away; taking it back lets them in."""
    a_quick_function(region)
    client = region.client("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert throttle(client)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    client.delete_function_concurrency(FunctionName="f")
    assert client.invoke(FunctionName="f")["StatusCode"] == 200


def test_the_account_has_an_end(opens: Opens) -> None:
    """Where all of the account's concurrency is in use, a function without a reservation is turned away."""
    region = opens("small", concurrency=2, unreserved_concurrency_min=0)
    a_quick_function(region, WAITS)
    with occupied(region, 2):
        assert throttle(region.client("lambda"))["Reason"] == "ConcurrentInvocationLimitExceeded"


def test_one_function_cannot_take_what_is_reserved_for_another(opens: Opens) -> None:
    """What one function has reserved is missing in the pool of all others."""
    region = opens("small", concurrency=3, unreserved_concurrency_min=0)
    a_quick_function(region, WAITS)
    a_quick_function(region, name="other")
    client = region.client("lambda")
    client.put_function_concurrency(FunctionName="other", ReservedConcurrentExecutions=2)
    with occupied(region, 1):
        assert throttle(client)["Reason"] == "ConcurrentInvocationLimitExceeded"
        assert client.invoke(FunctionName="other")["StatusCode"] == 200


def test_a_function_grows_by_so_many_environments_at_a_time(opens: Opens) -> None:
    """More new environments than one interval allows are turned away, though the account has room."""
    region = opens("slow", scaling_environments=1)
    a_quick_function(region, WAITS)
    with occupied(region, 1):
        response = throttle(region.client("lambda"))
        assert response["Reason"] == "ConcurrentInvocationLimitExceeded"
        assert 1 <= int(response["retryAfterSeconds"]) <= 10


@pytest.mark.parametrize(
    ("reserve", "reason"),
    [
        (1, "ReservedFunctionInvocationRateLimitExceeded"),
        (None, "FunctionInvocationRateLimitExceeded"),
    ],
)
def test_the_request_rate_has_an_end(opens: Opens, reserve: int | None, reason: str) -> None:
    """In one second there are ten times as many requests as concurrency, however short they are."""
    region = opens("one", concurrency=1 if reserve is None else 3, unreserved_concurrency_min=0)
    a_quick_function(region)
    region.invoking.admissions.pace = lambda: 0.0  # the clock stands, so all of this is in one second
    client = region.client("lambda")
    if reserve is not None:
        client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=reserve)
    for _ in range(10):
        client.invoke(FunctionName="f")
    assert throttle(client)["Reason"] == reason
    region.clock.advance(1)
    assert client.invoke(FunctionName="f")["StatusCode"] == 200


def test_a_throttled_event_waits_in_the_queue(opens: Opens) -> None:
    """An event that finds no room comes back after one, two, four seconds, up to five minutes, for six hours.

    All of that is region time: the clock jumps, and nothing here sleeps. Then it is given up, without having run.
    """
    region = opens("full", concurrency=1, unreserved_concurrency_min=0)
    a_quick_function(region)
    target = region.catalogue.target("us-east-1", "f")
    taken = region.invoking.admissions.admit(target)
    begun = region.clock.now()
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    waits = [entry.at - begun for entry in region.timeline.entries() if entry.kind == "throttle"]
    assert waits[:11] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]
    assert {later - earlier for earlier, later in pairwise(waits[10:])} == {300}
    assert region.clock.now() - begun == 21600
    assert lines(region)[-1].endswith("f drop attempt 1 given up: EventAgeExceeded")
    assert region.invoking.waiting() == ()
    assert region.invoking.done == ()
    region.invoking.admissions.release("us-east-1", taken)  # type: ignore[arg-type]


def test_a_throttled_event_uses_up_no_retry(opens: Opens) -> None:
    """After throttles an event still has its three attempts."""
    region = opens("full", concurrency=1, unreserved_concurrency_min=0)
    a_quick_function(region)
    taken = region.invoking.admissions.admit(region.catalogue.target("us-east-1", "f"))
    region.clock.after(10, lambda: region.invoking.admissions.release("us-east-1", taken))  # type: ignore[arg-type]
    queue_up(region, {"fails": "always"})
    assert region.clock.drain(60)
    assert [(entry.kind, entry.attempt) for entry in region.timeline.entries() if entry.function == "f"] == [
        *[("throttle", 1)] * 4,
        ("retry", 1),
        ("retry", 2),
        ("invoke", 3),
    ]


def test_the_oldest_throttled_event_runs_when_there_is_room(region: Region) -> None:
    """With one reserved, a queue drains one after the other: nobody waits for the back-off while nothing runs."""
    a_quick_function(region)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    begun = region.clock.now()
    queue_up(region, *({"n": n} for n in range(30)))
    assert region.clock.drain(60)
    assert [json.loads(one.body)["n"] for one in region.invoking.done] == list(range(30))
    assert region.clock.now() == begun
    assert sum(entry.kind == "throttle" for entry in region.timeline.entries()) >= 29


def test_a_failed_event_still_waits_its_minutes(region: Region) -> None:
    """Room calls throttled events alone: one that failed is tried again after its minute, in its turn."""
    a_quick_function(region)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    begun = region.clock.now()
    queue_up(region, {"fails": "always"}, {"n": 1}, {"n": 2})
    assert region.clock.drain(60)
    ends = [
        (entry.at - begun, entry.attempt) for entry in region.timeline.entries() if entry.kind in ("retry", "invoke")
    ]
    assert ends == [(0, 1), (0, 1), (0, 1), (60, 2), (180, 3)]


def test_the_end_of_a_synchronous_call_makes_room_too(region: Region) -> None:
    """An event that is throttled because of somebody's call runs when that has ended, not when it would be tried."""
    a_quick_function(region, WAITS)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    with occupied(region, 1):
        queue_up(region, {"n": 1})
        while not any(entry.kind == "throttle" for entry in region.timeline.entries()):
            threading.Event().wait(0.01)
    assert region.clock.drain(60)
    kinds = [(entry.kind, entry.at) for entry in region.timeline.entries() if entry.function == "f"]
    assert [kind for kind, _ in kinds] == ["throttle", "invoke", "invoke"]
    assert kinds[1][1] == kinds[2][1]
