"""Regions whose clock stands still while handlers run, so that every moment is the same on any machine."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.region.conftest import BEGINNING, a_function
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes
from tutor.region.clock import Clock, Mode
from tutor.region.region import Region
from tutor.sandbox.functions import SandboxedFunctions

Opens = Callable[..., Region]

ANSWERS = """
def handler(event, context):
    if event.get("fails"):
        raise ValueError(event["fails"])
    return event
"""
"""Answers with its event, or fails with the message that the event has."""


class StillClock(Clock):
    """A fast clock on which what runs takes no time, however slow the machine is.

    ``idle_waits`` has the seconds for which it waited while nothing ran; None is a wait for somebody to wake it.
    """

    def __init__(self, mode: Mode, start: float) -> None:
        self.idle_waits: list[float | None] = []
        super().__init__(mode, start=start)

    def _counted(self) -> float:
        return 0.0

    def _patience(self) -> float | None:
        seconds = super()._patience()
        if not self._running:
            self.idle_waits.append(seconds)
        return seconds


@pytest.fixture
def opens(tmp_path: Path, quotas: Quotas, runtimes: Runtimes) -> Iterator[Opens]:
    """Opens regions by name, closed at the end; keywords are quotas that differ: ``opens("one", concurrency=3)``."""
    opened: list[Region] = []

    def opening(name: str = "test", **different: int) -> Region:
        numbers = replace(quotas, **different)
        region = Region(
            tmp_path / "regions" / name,
            clock=StillClock("fast", start=BEGINNING),
            quotas=numbers,
            runtimes=runtimes,
            sandbox=SandboxedFunctions(numbers),
        )
        opened.append(region)
        region.start()
        return region

    yield opening
    for region in opened:
        region.close()


def a_quick_function(region: Region, code: str = ANSWERS, name: str = "f", **settings: Any) -> Mapping[str, Any]:
    """A function with a whole CPU and half a minute, so that a busy machine does not matter."""
    return a_function(region, code, name, **{"MemorySize": 1769, "Timeout": 30, **settings})


def queue_up(region: Region, *events: Mapping[str, Any], name: str = "f", **more: Any) -> None:
    """Have events in the queue, all before the first of them is tried."""
    region.clock.pause()
    for event in events:
        region.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event), **more)
    region.clock.run()


def lines(region: Region) -> list[str]:
    """The timeline as it is read."""
    return [region.timeline.line(entry) for entry in region.timeline.entries()]


def messages(region: Region, url: str) -> list[Mapping[str, Any]]:
    """Everything that lies in a queue, in its order, with all attributes."""
    found: list[Mapping[str, Any]] = []
    while True:
        answer = region.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        if not answer.get("Messages"):
            return found
        found += answer["Messages"]


def a_queue(region: Region, name: str = "q", **attributes: str) -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = region.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
