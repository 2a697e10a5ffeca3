"""Pages of a listing, with the member that tells where the next one begins."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tutor.region.api import pages
from tutor.region.call import Call

Item = TypeVar("Item")


def page(
    call: Call, items: Sequence[Item], key: Callable[[Item], str], most: int
) -> tuple[list[Item], Mapping[str, Any]]:
    """The items of the page that the call asks for, and the answer's ``NextMarker`` where more follow.

    ``items`` come in the ascending order of their keys. ``most`` is AWS's own page size: a larger ``MaxItems`` gives
    no more. Raises ``ServiceError`` for a marker that no listing gave.
    """
    chosen, marker = pages.page(items, call.parameters, key, most)
    return list(chosen), {} if marker is None else {"NextMarker": marker}
