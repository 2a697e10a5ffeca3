"""Schedules that fire on the region's clock: EventBridge's rules with a schedule, and EventBridge Scheduler's.

Each has one appointment, its next; what was due while the region was closed is not made up for.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.region.triggers.cron import BadExpressionError
from tutor.region.triggers.schedule_expression import NextAfter, next_after
from tutor.region.triggers.scheduled import Scheduled

if TYPE_CHECKING:
    from tutor.region.clock import Appointment
    from tutor.region.region import Region

_log = logging.getLogger(__name__)
KIND = "schedule"
"""Documents: ``<aws-region>/<arn>`` → the expression and when it was made, from which a rate counts."""


@dataclass(frozen=True)
class _Plan:
    """A schedule as its service keeps it. ``until`` and ``since`` bound it, in seconds since the epoch."""

    arn: str
    expression: str
    zone: str
    fire: Callable[[], None]
    since: float | None = None
    until: float | None = None

    @property
    def same(self) -> str:
        """What must change for the schedule to begin anew."""
        return json.dumps([self.expression, self.zone, self.since, self.until])


class Schedules:
    """Keeps one appointment for each enabled schedule."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._scheduled = Scheduled(region)
        self._appointments: dict[str, Appointment] = {}
        self._planned: dict[str, _Plan] = {}
        self._lock = threading.RLock()

    def kept(self) -> list[str]:
        """The AWS regions with schedules."""
        return sorted({key.partition("/")[0] for key, _ in self._region.state.items(KIND)})

    def refresh(self, aws_region: str) -> None:
        """Look at the schedules as they are now, and make and cancel appointments accordingly."""
        plans = {f"{aws_region}/{plan.arn}": plan for plan in (*self._rules(aws_region), *self._own(aws_region))}
        with self._lock:
            self._take(plans, aws_region)

    def _take(self, plans: Mapping[str, _Plan], aws_region: str) -> None:
        for key in [key for key in self._planned if key.startswith(f"{aws_region}/") and key not in plans]:
            self._forget(key)
        for key, _ in self._region.state.items(KIND, f"{aws_region}/"):
            if key not in plans:
                self._region.state.delete(KIND, key)
        for key, plan in plans.items():
            if key not in self._planned or self._planned[key].same != plan.same:
                self._forget(key)
                self._plan(key, plan)
            self._planned[key] = plan

    def close(self) -> None:
        """Let nothing more fire; what there is, is kept."""
        with self._lock:
            for key in list(self._planned):
                self._forget(key)

    def _forget(self, key: str) -> None:
        self._planned.pop(key, None)
        appointment = self._appointments.pop(key, None)
        if appointment is not None:
            appointment.cancel()

    def _plan(self, key: str, plan: _Plan) -> None:
        kept = self._region.state.get(KIND, key)
        if kept is None or kept["same"] != plan.same:
            kept = {"same": plan.same, "begun": self._region.clock.now()}
            self._region.state.put(KIND, key, kept)
        begun = plan.since if plan.since is not None else float(kept["begun"])
        try:
            following = next_after(plan.expression, begun, plan.zone)
        except BadExpressionError as error:
            self._note(plan, f"never fires: {error}")
            return
        self._planned[key] = plan
        self._next(key, following)

    def _next(self, key: str, following: NextAfter) -> None:
        plan = self._planned[key]
        now = self._region.clock.now()
        due = following(max(now, plan.since - 1) if plan.since is not None else now)
        if due is None or (plan.until is not None and due > plan.until):
            return

        def fire() -> None:
            with self._lock:
                current = self._planned.get(key)
                if current is None:
                    return
                self._next(key, following)
            self._region.clock.work(current.fire, lambda _: None)

        self._appointments[key] = self._region.clock.at(due, fire, perpetual=True)

    def _rules(self, aws_region: str) -> list[_Plan]:
        """The rules of the default bus with a schedule; no other bus may have one."""
        client = self._region.neighbours.client("events", aws_region)
        rules = [rule for rule in client.list_rules()["Rules"] if rule.get("ScheduleExpression")]
        return [
            _Plan(rule["Arn"], rule["ScheduleExpression"], "UTC", self._firing(rule["Arn"], aws_region))
            for rule in rules
            if rule["State"] != "DISABLED"
        ]

    def _firing(self, arn: str, aws_region: str) -> Callable[[], None]:
        def fire() -> None:
            self._region.timeline.note("schedule", "", f"rule {arn.rpartition('/')[2]} fires", aws_region=aws_region)
            self._region.neighbours.fire(arn)

        return fire

    def _own(self, aws_region: str) -> list[_Plan]:
        """EventBridge Scheduler's schedules."""
        client = self._region.neighbours.client("scheduler", aws_region)
        return [
            self._schedule(client.get_schedule(Name=each["Name"], GroupName=each["GroupName"]), aws_region)
            for each in client.list_schedules()["Schedules"]
            if each["State"] == "ENABLED"
        ]

    def _schedule(self, told: Mapping[str, Any], aws_region: str) -> _Plan:
        def fire() -> None:
            name = f"schedule {told['GroupName']}/{told['Name']}"
            self._region.timeline.note("schedule", "", f"{name} fires", aws_region=aws_region)
            self._scheduled.fire(told, aws_region)

        since, until = told.get("StartDate"), told.get("EndDate")
        return _Plan(
            arn=told["Arn"],
            expression=told["ScheduleExpression"],
            zone=told.get("ScheduleExpressionTimezone") or "UTC",
            fire=fire,
            since=since.timestamp() if since else None,
            until=until.timestamp() if until else None,
        )

    def _note(self, plan: _Plan, why: str) -> None:
        self._region.timeline.note("schedule", "", f"{plan.arn} {why}", aws_region=plan.arn.split(":")[3])
        _log.info("%s %s", plan.arn, why)
