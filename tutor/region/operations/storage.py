"""How much code an account keeps in an AWS region: every version and every layer version counts by itself.

The sum is kept, in the document ``storage`` by AWS region, so that it costs nothing to look at it.
"""

from typing import TYPE_CHECKING

from tutor.errors import ServiceError

if TYPE_CHECKING:
    from tutor.region.region import Region


def used(region: "Region", aws_region: str) -> int:
    """Bytes of all zips: of ``$LATEST`` and the versions of every function, and of every layer version."""
    kept = region.state.get("storage", aws_region)
    return int(kept["bytes"]) if kept else 0


def total(region: "Region") -> int:
    """Bytes that an account may keep in an AWS region."""
    return region.quotas.code_storage << 30


def check_storage(region: "Region", aws_region: str, more: int) -> None:
    """Refuse ``more`` bytes where they would not fit."""
    if more > 0 and used(region, aws_region) + more > total(region):
        raise ServiceError("CodeStorageExceededException", "Code storage limit exceeded.")


def count(region: "Region", aws_region: str, more: int) -> None:
    """Count ``more`` bytes (fewer, where negative), within the transaction that keeps them. Refuses too many."""
    check_storage(region, aws_region, more)
    if more:
        region.state.put("storage", aws_region, {"bytes": used(region, aws_region) + more})
