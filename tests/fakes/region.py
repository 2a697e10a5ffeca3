"""A region in memory for the screens' tests: functions that a test lists, scripted runs, a clock that it moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.fakes.functions import a_failure, an_invocation
from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError, StoreError
from tutor.study.course import FunctionSettings
from tutor.usecases.deploy_example import Deployable
from tutor.usecases.region_detail import (
    AliasRow,
    FunctionDetail,
    MappingRow,
    Measure,
    ProvisionedRow,
    Stream,
    VersionRow,
)
from tutor.usecases.see_region import (
    ClockRow,
    EventRow,
    FunctionKey,
    FunctionRow,
    HappenedRow,
    RegionView,
    SeeRegion,
    Wish,
)

ORDERS = FunctionKey("us-east-1", "orders")
SETTINGS = FunctionSettings("lambda_function.lambda_handler", 128, 3, 512)


@dataclass
class OpenedFake:
    """What ``open`` returns: only its names are used."""

    name: str = "default"
    endpoint: str = "http://127.0.0.1:9330"
    lost: tuple[str, ...] = ()


@dataclass
class FakeSeeRegion(SeeRegion):
    """Stands in for the use case. An event with ``"boom"`` in it fails; a queued one waits until the clock moves on."""

    functions: list[FunctionKey] = field(default_factory=list)
    in_use: bool = False
    opened: OpenedFake = field(default_factory=OpenedFake)
    closed: int = 0
    paused: bool = False
    now: float = 0.0
    queue: list[EventRow] = field(default_factory=list)
    happened: list[HappenedRow] = field(default_factory=list)
    runs: list[Invocation] = field(default_factory=list)
    invoked: list[tuple[FunctionKey, Wish]] = field(default_factory=list)
    wishes: dict[FunctionKey, Wish] = field(default_factory=dict)

    def open(self) -> Any:
        if self.in_use:
            raise StoreError("The region 'default' is in use by another tutor.")
        return self.opened

    def close(self) -> None:
        self.closed += 1

    def exports(self) -> str:
        return f"export AWS_ENDPOINT_URL={self.opened.endpoint}"

    def look(self, chosen: FunctionKey | None = None, since: int = 0, most_runs: int = 20) -> RegionView:
        self.open()
        key = chosen if chosen in self.functions else next(iter(self.functions), None)
        due = [event.due for event in self.queue]
        return RegionView(
            ClockRow(self.now, self.paused, len(due), min(due) if due else None),
            tuple(FunctionRow(each, "python3.13", 128, 3, "Active") for each in self.functions),
            _detail(key.name) if key else None,
            tuple(self.queue),
            tuple(row for row in self.happened if row.order > since),
            tuple(reversed(self.runs)),
        )

    def streams(self, key: FunctionKey) -> tuple[Stream, ...]:
        lines = [line for run in self.runs for line in run.log_lines]
        return (Stream("2026/11/20/[$LATEST]0123", tuple(lines)),) if lines else ()

    def measures(self, key: FunctionKey) -> tuple[Measure, ...]:
        errors = sum(run.function_error is not None for run in self.runs)
        if not self.runs:
            return ()
        return (
            Measure("Duration", "average", 1.5, "Milliseconds"),
            Measure("Errors", "sum", errors, "Count"),
            Measure("Invocations", "sum", len(self.runs), "Count"),
        )

    def invoke(self, key: FunctionKey, wish: Wish) -> Invocation | None:
        if wish.qualifier == "nope":
            raise ServiceError("ResourceNotFoundException", f"Function not found: {key.name}:nope")
        self.invoked.append((key, wish))
        if wish.queued:
            self.queue.append(EventRow(key.name, "1", wish.event, self.now, 1))
            if not self.paused:
                self.forward()
            return None
        return self._run(key.name, wish.event)

    def _run(self, name: str, event: str) -> Invocation:
        init = None if self.runs else 96.0
        run = a_failure(init_duration_ms=init) if "boom" in event else an_invocation(event, init_duration_ms=init)
        number = len(self.runs) + 1
        report = replace(run.report, request_id=f"{number:08}-0000")
        run = replace(run, report=report, configuration={"function_name": name})
        self.runs.append(run)
        return run

    def deployables(self) -> tuple[Deployable, ...]:
        return (
            Deployable("limits/every-limit", "lesson", "1.1  example  Every limit", Path("/x"), SETTINGS, '{"a": 1}'),
            Deployable("limits/every-limit/lab", "lab", "1.1  your lab  A lab", Path("/y"), SETTINGS, "{}"),
        )

    def deploy(self, deployable: Deployable) -> FunctionKey:
        key = FunctionKey("us-east-1", deployable.function_name)
        self.functions.append(key)
        return key

    def toggle_clock(self) -> bool:
        self.paused = not self.paused
        return self.paused

    def step(self) -> bool:
        self.paused = True
        if not self.queue:
            return False
        event = self.queue.pop(0)
        self.now = max(self.now, event.due)
        failed = self._run(event.function, event.payload).function_error is not None
        again = failed and event.attempt < 3
        text = "failed: Boom" + (", again later" if again else ", given up") if failed else "succeeded"
        kind = "retry" if again else "invoke"
        order = len(self.happened) + 1
        self.happened.append(HappenedRow(order, self.now, kind, event.function, text, event.attempt))
        if again:
            self.queue.append(replace(event, due=self.now + 60 * event.attempt, attempt=event.attempt + 1))
        return True

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while self.queue and self.queue[0].due <= end:
            self.step()
        self.now = end

    def forward(self) -> bool:
        paused = self.paused
        while self.step():
            pass
        self.paused = paused
        return True


def a_full_region() -> FakeSeeRegion:
    """Three functions, the first of them with everything that a function can have."""
    names: Sequence[str] = ("orders", "pictures", "reports")
    return FakeSeeRegion(functions=[FunctionKey("us-east-1", name) for name in names])


def _detail(name: str) -> FunctionDetail:
    latest = VersionRow("$LATEST", "", "python3.13", 128, 3, "Active", "", "Successful")
    if name != "orders":
        return FunctionDetail(name, (latest,), (), None, (), (), (), ())
    return FunctionDetail(
        name,
        (latest, replace(latest, version="1", update=""), replace(latest, version="2", update="", timeout=9)),
        (AliasRow("live", (("2", 0.9), ("1", 0.1))),),
        5,
        (ProvisionedRow("live", 2, 1, "IN_PROGRESS"),),
        (MappingRow("0123", "arn:aws:sqs:us-east-1:123456789012:jobs", "Enabled", 10, "OK"),),
        ("http://127.0.0.1:9331/",),
        ("retries of $LATEST: 1",),
    )
