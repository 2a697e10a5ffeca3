"""What happens to a function that invokes itself in a loop: stopped, unless it was allowed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.operations.reference import function, plain

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def put_function_recursion_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Keep ``Allow`` or ``Terminate``."""
    name, chosen = plain(call), call.parameters["RecursiveLoop"]
    with region.state.transaction():
        document = function(region, call, name)
        region.catalogue.put_function(call.aws_region, name.name, {**document, "recursive_loop": chosen})
    return {"RecursiveLoop": chosen}


def get_function_recursion_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """What was chosen; ``Terminate`` where nothing was."""
    document = function(region, call, plain(call))
    return {"RecursiveLoop": document.get("recursive_loop", "Terminate")}


OPERATIONS: Mapping[str, "Operation"] = {
    "PutFunctionRecursionConfig": put_function_recursion_config,
    "GetFunctionRecursionConfig": get_function_recursion_config,
}
