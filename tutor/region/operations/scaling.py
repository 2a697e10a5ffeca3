"""The scaling of functions on Managed Instances, which no function here is: both operations refuse."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.operations.reference import target
from tutor.region.operations.refusal import invalid

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def refuse(region: "Region", call: Call) -> Mapping[str, Any]:
    """Always raises ``ServiceError``: 404 where there is no such version, else 400. The text is ours."""
    found = target(region, call)
    raise invalid(f"The function {found.arn} has no capacity provider, so it has no scaling configuration.")


OPERATIONS: Mapping[str, "Operation"] = {"PutFunctionScalingConfig": refuse, "GetFunctionScalingConfig": refuse}
