"""A stack as it is kept: plain values in the region's house, every change of them in its journal."""

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.region.neighbours.house import House, drawer
from tutor.region.neighbours.journal import Record
from tutor.region.neighbours.replay import CONCLUSIONS

KIND = "change of a stack"
_DRAWER = "stacks"
Change = Mapping[str, Any]


def stacks(aws_region: str) -> dict[str, dict[str, Any]]:
    """The stacks of an AWS region by their ARNs, in the order in which they were made. Only inside a scene."""
    found: dict[str, dict[str, Any]] = drawer(_DRAWER).setdefault(aws_region, {})
    return found


def every_stack() -> Iterator[dict[str, Any]]:
    """The stacks of all AWS regions. Only inside a scene."""
    for of_region in list(drawer(_DRAWER).values()):
        yield from list(of_region.values())


def _apply(change: Change) -> None:
    """Let a change have its effect: members are set, a resource is set or taken away, events are added."""
    stack = stacks(str(change["region"])).setdefault(
        str(change["stack"]), {"id": change["stack"], "region": change["region"], "resources": {}, "events": []}
    )
    stack.update(change.get("set") or {})
    for name, resource in (change.get("resources") or {}).items():
        if resource is None:
            stack["resources"].pop(name, None)
        else:
            stack["resources"][name] = resource
    stack["events"].extend(change.get("events") or ())


def _again(record: Record) -> None:
    _apply(record.conclusion)


CONCLUSIONS[KIND] = _again


def keep(house: House, stack: Mapping[str, Any], **change: Any) -> None:
    """Change a stack, and keep the change. ``set``, ``resources`` and ``events`` as in the journal."""
    told = {"stack": stack["id"], "region": stack["region"], **change}
    with house.inside():
        _apply(told)
    house.conclude(KIND, told)
