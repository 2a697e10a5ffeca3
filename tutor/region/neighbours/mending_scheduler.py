"""moto's EventBridge Scheduler: what AWS refuses of a schedule is refused when it is made."""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from tutor.region.call import ACCOUNT
from tutor.region.neighbours import identity
from tutor.region.neighbours.policy import Verdict, Wish, judge
from tutor.region.triggers.cron import BadExpressionError
from tutor.region.triggers.schedule_expression import next_after, zone_of

_SERVICE = "scheduler.amazonaws.com"


def mend_scheduler(module: ModuleType) -> None:
    """Mend ``moto.scheduler.models``."""
    backend = module.EventBridgeSchedulerBackend
    for name in ("create_schedule", "update_schedule"):
        setattr(backend, name, _checked(module, getattr(backend, name)))


def mend_scheduler_refusals(module: ModuleType) -> None:
    """Mend ``moto.scheduler.exceptions``: the member with the text is called Message."""
    for name in ("ScheduleExists", "ScheduleNotFound", "ScheduleGroupNotFound", "ValidationException"):
        if name in module.__dict__:
            module.__dict__[name].__init__ = _with_capital(module.__dict__[name].__init__)


def _with_capital(made: Any) -> Any:
    def init(self: Any, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        self.description = json.dumps({"__type": self.error_type, "Message": self.message})

    return init


def _checked(module: ModuleType, kept: Any) -> Any:
    def keep(self: Any, *args: Any, **named: Any) -> Any:
        why = _wrong(named)
        if why is not None:
            raise module.ValidationException(why)
        return kept(self, *args, **named)

    return keep


def _wrong(named: Mapping[str, Any]) -> str | None:
    """Why a schedule cannot be, in AWS's words."""
    expression, zone = str(named.get("schedule_expression") or ""), named.get("schedule_expression_timezone") or "UTC"
    try:
        zone_of(zone)
    except BadExpressionError:
        return f"Invalid Schedule Expression Timezone {zone}."
    try:
        next_after(expression, 0.0, zone)
    except BadExpressionError:
        return f"Invalid Schedule Expression {expression}."
    window = named.get("flexible_time_window") or {}
    if window.get("Mode") == "FLEXIBLE" and not window.get("MaximumWindowInMinutes"):
        return "MaximumWindowInMinutes must be provided when FlexibleTimeWindow is set to FLEXIBLE."
    if window.get("Mode") == "OFF" and window.get("MaximumWindowInMinutes"):
        return "MaximumWindowInMinutes must not be provided when FlexibleTimeWindow is set to OFF."
    arn = str((named.get("target") or {}).get("RoleArn") or "")
    role = identity.role_by_arn(arn)
    wish = Wish("sts:AssumeRole", arn, {"aws:sourceaccount": ACCOUNT}, (), ACCOUNT, _SERVICE)
    if role is None or judge([role.trust], wish, identity=False) is not Verdict.ALLOWED:
        return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    return None
