"""Look at the learner's own region, invoke what is in it, and steer its clock: what the region screen does."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError, UsageError
from tutor.usecases.aws_refusal import aws_refusals
from tutor.usecases.deploy_example import Deployable, DeployExample
from tutor.usecases.open_region import OpenRegion
from tutor.usecases.region_detail import FunctionDetail, Measure, Stream, detail_of, measures_of, streams_of

HOME_REGION = "us-east-1"
"""The AWS region of what is made here; a client may name any other."""

PATIENCE_S = 60.0
"""Ours: seconds of real time for which ``forward`` waits before it says that there is still more."""


@dataclass(frozen=True, order=True)
class FunctionKey:
    """Which function: names are unique in an AWS region only."""

    aws_region: str
    name: str


@dataclass(frozen=True)
class FunctionRow:
    """A function in the list: its unpublished version. Memory in MB, timeout in s; ``state`` is AWS's word."""

    key: FunctionKey
    runtime: str
    memory_size: int
    timeout: int
    state: str


@dataclass(frozen=True)
class ClockRow:
    """The clock: seconds since it began. ``due`` counts what is still to come, ``next_due`` is when."""

    now: float
    paused: bool
    due: int
    next_due: float | None


@dataclass(frozen=True)
class EventRow:
    """An event that waits. ``due`` in seconds since the clock began; ``attempt`` is the one that comes then."""

    function: str
    request_id: str
    payload: str
    due: float
    attempt: int


@dataclass(frozen=True)
class HappenedRow:
    """A line of the timeline. ``at`` in seconds since the clock began; ``order`` grows from line to line."""

    order: int
    at: float
    kind: str
    function: str
    text: str
    attempt: int | None = None


@dataclass(frozen=True)
class RegionView:
    """What is to be seen at one moment. ``happened`` holds only lines after the one that was asked for."""

    clock: ClockRow
    functions: tuple[FunctionRow, ...]
    detail: FunctionDetail | None
    waiting: tuple[EventRow, ...]
    happened: tuple[HappenedRow, ...]
    runs: tuple[Invocation, ...]


@dataclass(frozen=True)
class Wish:
    """How to invoke: ``event`` is JSON as it was typed; ``queued`` is the invocation type ``Event``."""

    event: str = "{}"
    qualifier: str = ""
    queued: bool = False


class SeeRegion:
    """One region, opened when first asked for and closed with the tutor. Safe for threads.

    ``wishes`` keeps how each function was to be invoked last, so that nothing that was typed is lost.
    """

    def __init__(self, opens: Callable[[], OpenRegion], deploying: DeployExample) -> None:
        self._opens = opens
        self._deploying = deploying
        self._lock = threading.Lock()
        self._ended = False
        self.wishes: dict[FunctionKey, Wish] = {}
        self._region: OpenRegion | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def open(self) -> OpenRegion:
        """The region, open. Raises ``StoreError`` where another tutor has it, ``UsageError`` after ``close``."""
        with self._lock:
            if self._ended:
                raise UsageError("The region is closed: the tutor is being left.")
            if self._region is None:
                self._region = self._opens()
            return self._region

    def close(self) -> None:
        """End what runs in it, for good: who looks after this opens nothing again. Its state stays."""
        with self._lock:
            self._ended = True
            region, self._region = self._region, None
            self._clients.clear()
        if region is not None:
            region.close()

    def exports(self) -> str:
        """Lines for a shell, with which boto3 and the AWS CLI find the region."""
        return "\n".join(
            (
                f"export AWS_ENDPOINT_URL={self.open().endpoint}",
                "export AWS_ACCESS_KEY_ID=tutor",
                "export AWS_SECRET_ACCESS_KEY=tutor",
                f"export AWS_DEFAULT_REGION={HOME_REGION}",
            )
        )

    def look(self, chosen: FunctionKey | None = None, since: int = 0, most_runs: int = 20) -> RegionView:
        """All that is to be seen now; details and the last runs (the newest first) of the chosen function.

        Where that is not there, or none is chosen, the first one is.
        """
        region = self.open()
        with aws_refusals():
            rows = tuple(self._rows(region))
            keys = [row.key for row in rows]
            key = chosen if chosen in keys else (keys[0] if keys else None)
            detail = self._detail(key)
        return RegionView(
            clock=_clock(region),
            functions=rows,
            detail=detail,
            waiting=tuple(_waiting(region)),
            happened=tuple(_happened(region, since)),
            runs=tuple(_runs(region, key))[:most_runs],
        )

    def _rows(self, region: OpenRegion) -> list[FunctionRow]:
        return [
            _row(aws_region, function)
            for aws_region in region.aws_regions()
            for page in self._client("lambda", aws_region).get_paginator("list_functions").paginate()
            for function in page["Functions"]
        ]

    def _detail(self, key: FunctionKey | None) -> FunctionDetail | None:
        if key is None:
            return None
        try:
            with aws_refusals():
                return detail_of(self._client("lambda", key.aws_region), key.name)
        except ServiceError as error:
            if error.code == "ResourceNotFoundException":  # deleted since it was listed
                return None
            raise

    def streams(self, key: FunctionKey) -> tuple[Stream, ...]:
        """The last lines of the function's latest log streams, the oldest stream first."""
        with aws_refusals():
            group = self._client("lambda", key.aws_region).get_function_configuration(FunctionName=key.name)
            name = group.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{key.name}"
            return streams_of(self._client("logs", key.aws_region), name)

    def measures(self, key: FunctionKey) -> tuple[Measure, ...]:
        """The function's metrics, as CloudWatch has them."""
        with aws_refusals():
            return measures_of(self._client("cloudwatch", key.aws_region), key.name, self.open().now())

    def invoke(self, key: FunctionKey, wish: Wish) -> Invocation | None:
        """Invoke a function; None where the event was only queued. Raises ``ServiceError`` in AWS's words."""
        qualified = {"Qualifier": wish.qualifier} if wish.qualifier else {}
        with aws_refusals():
            answer = self._client("lambda", key.aws_region).invoke(
                FunctionName=key.name,
                InvocationType="Event" if wish.queued else "RequestResponse",
                Payload=wish.event.encode(),
                **qualified,
            )
        if wish.queued:
            return None
        request_id = answer["ResponseMetadata"]["RequestId"]
        return next((run for run in reversed(self.open().invocations) if run.report.request_id == request_id), None)

    def deployables(self) -> tuple[Deployable, ...]:
        """What of the course can become a function."""
        return self._deploying.deployables()

    def deploy(self, deployable: Deployable) -> FunctionKey:
        """Make it a function of the region, with the role that it needs."""
        return FunctionKey(HOME_REGION, self._deploying.deploy(self.open(), deployable))

    def toggle_clock(self) -> bool:
        """Pause the clock, or let it go on. Whether it is paused now."""
        region = self.open()
        if region.paused:
            region.run()
        else:
            region.pause()
        return region.paused

    def step(self) -> bool:
        """Pause, and let the next thing happen that is due. False where nothing is."""
        region = self.open()
        region.pause()
        return region.step()

    def advance(self, seconds: float) -> None:
        """Go forward, with all that is due on the way."""
        self.open().advance(seconds)

    def forward(self) -> bool:
        """Go forward until nothing is due; False where that did not come to an end."""
        return self.open().forward(PATIENCE_S)

    def _client(self, service: str, aws_region: str) -> Any:
        key = (service, aws_region)
        if key not in self._clients:
            self._clients[key] = self.open().client(service, aws_region)
        return self._clients[key]


def check_event(text: str) -> str:
    """What is wrong with an event that was typed, in a sentence; empty where it is JSON."""
    try:
        json.loads(text)
    except ValueError as error:
        return f"The event is no JSON: {error}."
    return ""


def _row(aws_region: str, function: Mapping[str, Any]) -> FunctionRow:
    key = FunctionKey(aws_region, function["FunctionName"])
    state = str(function.get("State", "Active"))
    return FunctionRow(key, function.get("Runtime", ""), function["MemorySize"], function["Timeout"], state)


def _clock(region: OpenRegion) -> ClockRow:
    due = region.due()
    return ClockRow(region.now() - region.begun, region.paused, len(due), due[0] - region.begun if due else None)


def _waiting(region: OpenRegion) -> list[EventRow]:
    return [
        EventRow(
            f"{event.name}:{event.qualifier}" if event.qualifier else event.name,
            event.request_id,
            event.payload,
            event.due - region.begun,
            event.attempt,
        )
        for event in region.waiting()
    ]


def _happened(region: OpenRegion, since: int) -> list[HappenedRow]:
    return [
        HappenedRow(entry.order, entry.at - region.begun, entry.kind, entry.function, entry.text, entry.attempt)
        for entry in region.timeline(since)
    ]


def _runs(region: OpenRegion, key: FunctionKey | None) -> list[Invocation]:
    if key is None:
        return []
    runs = reversed(region.invocations)
    return [run for run in runs if run.configuration.get("function_name") == key.name]
