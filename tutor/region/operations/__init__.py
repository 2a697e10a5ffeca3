"""What each operation of Lambda's API does: one file per noun, each with a table from names to functions."""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tutor.errors import Defect
from tutor.region.call import Call

if TYPE_CHECKING:
    from tutor.region.region import Region

Operation = Callable[["Region", Call], Mapping[str, Any]]
"""Takes the region and a call; returns the output's members. Raises ``ServiceError`` with AWS's text."""


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation that works here, by its name in the service's model."""
    joined: dict[str, Operation] = {}
    for module in pkgutil.iter_modules(__path__):
        table: Mapping[str, Operation] = getattr(import_module(f"{__name__}.{module.name}"), "OPERATIONS", {})
        twice = joined.keys() & table.keys()
        if twice:
            raise Defect(f"operations defined twice: {', '.join(sorted(twice))}")
        joined.update(table)
    return joined
