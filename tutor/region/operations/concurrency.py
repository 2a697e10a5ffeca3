"""PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency: reserved concurrency."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.concurrency import check_reserved
from tutor.region.call import Call
from tutor.region.catalogue import LATEST, not_found
from tutor.region.operations.reference import function, plain

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def put_function_concurrency(region: "Region", call: Call) -> Mapping[str, Any]:
    """Reserve concurrency for a function: it is guaranteed, and it is the most that the function gets."""
    name, count = plain(call), int(call.parameters["ReservedConcurrentExecutions"])
    with region.state.transaction():
        document = region.catalogue.function(call.aws_region, name.name)
        if document is None:
            raise not_found(call.aws_region, name.name, LATEST)
        check_reserved(name.name, count, region.invoking.account(call.aws_region), region.quotas)
        region.catalogue.put_function(call.aws_region, name.name, {**document, "reserved": count})
    region.invoking.concurrency_changed(call.aws_region)
    return {"ReservedConcurrentExecutions": count}


def get_function_concurrency(region: "Region", call: Call) -> Mapping[str, Any]:
    """What is reserved for a function; nothing where nothing is."""
    return {"ReservedConcurrentExecutions": function(region, call, plain(call)).get("reserved")}


def delete_function_concurrency(region: "Region", call: Call) -> Mapping[str, Any]:
    """Give the reservation back to the account."""
    name = plain(call)
    with region.state.transaction():
        document = dict(function(region, call, name))
        document.pop("reserved", None)
        region.catalogue.put_function(call.aws_region, name.name, document)
    region.invoking.concurrency_changed(call.aws_region)
    return {}


OPERATIONS: Mapping[str, "Operation"] = {
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
}
