"""Asynchronous invocation: retries in region time, their order, what survives a kill."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.region.invoking.conftest import ANSWERS, Opens, StillClock, a_quick_function, lines, queue_up
from tests.region.invoking.test_throttling import WAITS
from tutor.region.region import Region
from tutor.region.state import State
from tutor.sandbox.functions import SandboxedFunction

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


def test_a_failed_event_is_tried_three_times(region: Region) -> None:
    """One minute, then two minutes later, with one request id; then it is given up. A line each."""
    a_quick_function(region)
    region.clock.advance(-region.clock.now() % 60)
    begun = region.clock.now() - region.clock.begun
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert begun == 60
    assert lines(region) == [
        "+00:01:00 f retry attempt 1 failed: ValueError, again in 60 s",
        "+00:02:00 f retry attempt 2 failed: ValueError, again in 120 s",
        "+00:04:00 f invoke attempt 3 failed: ValueError, given up: RetriesExhausted",
    ]
    assert len({done.report.request_id for done in region.invoking.done}) == 1
    assert len(region.invoking.done) == 3


def test_an_event_that_succeeds_is_done(region: Region) -> None:
    """A success is tried once and leaves nothing in the queue."""
    a_quick_function(region)
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    assert [done.payload for done in region.invoking.done] == [{"n": 1}]
    assert region.invoking.waiting() == ()
    assert region.state.items("event") == []


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_the_retries_that_are_set(region: Region, retries: int) -> None:
    """MaximumRetryAttempts says how often a failure is tried again; zero is a number."""
    a_quick_function(region)
    region.client("lambda").put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=retries)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert len(region.invoking.done) == retries + 1


def test_the_age_that_is_set(region: Region) -> None:
    """An event whose next retry would be too late is given up at once, as recorded from the service."""
    a_quick_function(region)
    region.client("lambda").put_function_event_invoke_config(FunctionName="f", MaximumEventAgeInSeconds=60)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert len(region.invoking.done) == 1
    assert lines(region)[-1].endswith("given up: EventAgeExceeded")


def test_settings_are_those_of_what_was_invoked(region: Region) -> None:
    """A version, an alias and the function have their own settings."""
    a_quick_function(region)
    client = region.client("lambda")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    region.clock.drain()
    client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    client.put_function_event_invoke_config(FunctionName="f", Qualifier="live", MaximumRetryAttempts=1)
    for qualifier, attempts in (("$LATEST", 1), ("1", 3), ("live", 2)):
        before = len(region.invoking.done)
        queue_up(region, {"fails": "no"}, Qualifier=qualifier)
        assert region.clock.drain(60)
        assert len(region.invoking.done) - before == attempts, qualifier
        executed = "$LATEST" if qualifier == "$LATEST" else "1"
        assert region.invoking.done[-1].executed_version == executed


def test_an_event_meets_the_function_as_it_is_then(region: Region) -> None:
    """A retry runs what the alias leads to by then."""
    client = region.client("lambda")
    a_quick_function(region)
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.update_function_configuration(FunctionName="f", Timeout=29)
    region.clock.drain()
    client.publish_version(FunctionName="f")
    region.clock.drain()
    region.clock.after(30, lambda: client.update_alias(FunctionName="f", Name="live", FunctionVersion="2"))
    queue_up(region, {"fails": "no"}, Qualifier="live")
    assert region.clock.drain(60)
    assert [done.executed_version for done in region.invoking.done] == ["1", "2", "2"]


def test_events_of_a_function_that_is_gone_are_forgotten(region: Region) -> None:
    """Nothing waits for ever for a function that was deleted."""
    a_quick_function(region)
    region.clock.after(30, lambda: region.client("lambda").delete_function(FunctionName="f"))
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert len(region.invoking.done) == 1
    assert region.invoking.waiting() == ()
    assert lines(region)[-1].endswith(f"f drop attempt 2 ResourceNotFoundException: Function not found: {ARN}")


def test_the_queue_can_be_looked_at(region: Region) -> None:
    """What waits is told with its next moment and its attempt, and by AWS region."""
    a_quick_function(region)
    seen: list[Any] = []
    region.clock.after(90, lambda: seen.extend(region.invoking.waiting("us-east-1")))
    queue_up(region, {"fails": "no"})
    begun = region.clock.now()
    assert region.clock.drain(60)
    (event,) = seen
    assert (event.name, event.attempt, event.due - begun) == ("f", 3, 180)
    assert region.invoking.waiting("eu-west-1") == ()


def run_of(region: Region, name: str) -> list[str]:
    """What forty events of two functions leave in the timeline, and in which order they ran."""
    for function in ("f", "g"):
        a_quick_function(region, name=function)
    region.clock.pause()
    for number in range(40):
        event = {"n": number, "fails": "no" if number % 3 == 0 else ""}
        queue_up(region, event, name="f" if number % 2 else "g")
        region.clock.pause()
    region.clock.run()
    assert region.clock.drain(120), name
    return [
        *lines(region),
        *(str(done.payload) if not done.function_error else "failed" for done in region.invoking.done),
    ]


def test_the_same_run_gives_the_same_order(opens: Opens) -> None:
    """Two regions that are asked the same do the same, line by line, though ten events run at a time."""
    first, second = run_of(opens("first"), "first"), run_of(opens("second"), "second")
    assert first == second
    assert sum("attempt 3" in line for line in first) == 14


def test_no_waiting_is_real(region: Region) -> None:
    """By construction: no file of the queue's road waits by itself, and the clock waits for work, never for time."""
    a_quick_function(region)
    queue_up(region, {"fails": "no"})
    before = region.clock.now()
    assert region.clock.drain(60)
    assert region.clock.now() - before == 180
    clock = region.clock
    assert isinstance(clock, StillClock)
    assert set(clock.idle_waits) == {None}
    files = list((Path(__file__).parents[3] / "tutor" / "region" / "invoking").glob("*.py"))
    assert len(files) > 10
    assert not [file.name for file in files if re.search(r"sleep\(|\.wait\(", file.read_text(encoding="utf-8"))]


def test_ten_events_of_a_function_run_at_a_time(region: Region) -> None:
    """Ours, and documented: so a long queue needs ten environments, not a thousand."""
    a_quick_function(region)
    queue_up(region, *({"n": number} for number in range(40)))
    assert region.clock.drain(60)
    assert 1 <= len({done.log_stream for done in region.invoking.done}) <= 10


def test_a_loop_is_ended_after_sixteen_invocations(region: Region) -> None:
    """A function that queues itself is dropped when it has been in the chain sixteen times; the header carries it."""
    code = """
import boto3

def handler(event, context):
    boto3.client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
"""
    a_quick_function(region, code)
    queue_up(region, {})
    assert region.clock.drain(120)
    assert len(region.invoking.done) == 16
    assert not any(done.function_error for done in region.invoking.done)
    assert any("f drop attempt 1 given up" in line for line in lines(region))


KILLED = """
import sys, time
from pathlib import Path
from tests.region.conftest import a_function
from tests.region.invoking.conftest import queue_up
from tutor import locations
from tutor.content.quotas import read_quotas
from tutor.content.runtimes import read_runtimes
from tutor.region.clock import Clock
from tutor.region.region import Region
from tutor.sandbox.functions import SandboxedFunctions

CODE = '''
import time
def handler(event, context):
    if event["first"]:
        time.sleep(600)
    return event["n"]
'''
root = locations.content_root()
quotas = read_quotas(root)
region = Region(
    Path(sys.argv[1]), clock=Clock("fast"), quotas=quotas, runtimes=read_runtimes(root),
    sandbox=SandboxedFunctions(quotas),
)
a_function(region, CODE, MemorySize=1769, Timeout=900)
target = region.catalogue.target("us-east-1", "f")
queue_up(region, *({"n": number, "first": True} for number in range(25)))
while region.invoking.usage("us-east-1", "f").of_function < 10:
    time.sleep(0.01)
print("running", flush=True)
time.sleep(600)
"""


def test_a_kill_loses_no_event(tmp_path: Path, opens: Opens) -> None:
    """What was queued, and what was running, is there again after SIGKILL and runs to its end."""
    folder = tmp_path / "regions" / "killed"
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(folder)],
        cwd=root,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"running\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    state = State(folder)
    kept = [document for _, document in state.items("event")]
    assert len(kept) == 25
    for key, document in state.items("event"):
        state.put("event", key, {**document, "payload": document["payload"].replace("true", "false")})
    state.close()
    region = opens("killed")
    assert region.clock.drain(120)
    assert sorted(done.payload for done in region.invoking.done) == list(range(25))
    assert {done.report.request_id for done in region.invoking.done} == {document["request_id"] for document in kept}
    assert region.state.items("event") == []


def test_closing_keeps_what_is_queued(opens: Opens) -> None:
    """A region that is closed and opened again goes on where it was: attempts that were made count."""
    region = opens("kept")
    a_quick_function(region, ANSWERS)
    region.clock.after(30, region.clock.pause)
    queue_up(region, {"fails": "no"})
    while not region.clock.paused:
        region.clock.drain(0.05)
    region.close()
    again = opens("kept")
    assert again.clock.drain(60)
    assert [entry.attempt for entry in again.timeline.entries()] == [2, 3]


def test_what_runs_when_a_region_closes_is_not_lost(region: Region) -> None:
    """What runs while everything is being closed is ended and not forgotten: the event stays and runs again."""
    a_quick_function(region, WAITS)
    queue_up(region, {"until": "enough"})
    while region.invoking.usage("us-east-1", "f").of_function < 1:
        threading.Event().wait(0.01)
    region.invoking.close()
    region.client("s3").create_bucket(Bucket="enough")
    assert region.clock.drain(60)
    assert region.invoking.done == ()
    assert len(region.state.items("event")) == 1


def test_what_begins_when_a_region_closes_is_not_lost(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function whose environment is just being made when everything is closed does not run after all."""
    a_quick_function(region)
    create = region.sandbox.create

    def created(*given: Any) -> SandboxedFunction:
        region.invoking.close()
        return create(*given)

    monkeypatch.setattr(region.sandbox, "create", created)
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    assert region.invoking.done == ()
    assert len(region.state.items("event")) == 1
