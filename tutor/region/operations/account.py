"""GetAccountSettings: what the account may use in an AWS region, and what it does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.operations.storage import total, used

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def get_account_settings(region: "Region", call: Call) -> Mapping[str, Any]:
    """Limits and use. What functions have reserved is no longer unreserved."""
    quotas, functions = region.quotas, region.catalogue.functions(call.aws_region)
    reserved = sum(function.get("reserved") or 0 for function in functions)
    return {
        "AccountLimit": {
            "TotalCodeSize": total(region),
            "CodeSizeUnzipped": quotas.package_size_unzipped,
            "CodeSizeZipped": quotas.package_size_zipped,
            "ConcurrentExecutions": quotas.concurrency,
            "UnreservedConcurrentExecutions": quotas.concurrency - reserved,
        },
        "AccountUsage": {"TotalCodeSize": used(region, call.aws_region), "FunctionCount": len(functions)},
    }


OPERATIONS: Mapping[str, "Operation"] = {"GetAccountSettings": get_account_settings}
