"""How much code an account keeps in an AWS region: every version and every layer version counts by itself."""

from typing import TYPE_CHECKING

from tutor.errors import ServiceError
from tutor.region.call import Call

if TYPE_CHECKING:
    from tutor.region.region import Region


def used(region: "Region", aws_region: str) -> int:
    """Bytes of all zips: of ``$LATEST`` and the versions of every function, and of every layer version."""
    prefix = f"{aws_region}/"
    total: int = sum(each["latest"]["CodeSize"] for each in region.catalogue.functions(aws_region))
    for kind in ("version", "layer-version"):
        total += sum(each["CodeSize"] for _, each in region.state.items(kind, prefix))
    return total


def total(region: "Region") -> int:
    """Bytes that an account may keep in an AWS region."""
    return region.quotas.code_storage << 30


def check_storage(region: "Region", call: Call, more: int) -> None:
    """Refuse ``more`` bytes where they would not fit."""
    if more > 0 and used(region, call.aws_region) + more > total(region):
        raise ServiceError("CodeStorageExceededException", "Code storage limit exceeded.")
