"""Pages of a listing: so many items at a time, and a marker from which the next page goes on."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tutor.region.call import Call
from tutor.region.operations.refusal import invalid

Item = TypeVar("Item")


def page(
    call: Call, items: Sequence[Item], key: Callable[[Item], str], most: int
) -> tuple[list[Item], Mapping[str, Any]]:
    """The items of the page that the call asks for, and the answer's ``NextMarker`` where more follow.

    ``items`` come in a fixed order and each has its own ``key``; a marker names the first item of its page, and where
    that has gone meanwhile the next one after it in the order of the keys. ``most`` is AWS's own page size: a larger
    ``MaxItems`` gives no more. Raises ``ServiceError`` for a marker that no listing gave.
    """
    size = min(call.parameters.get("MaxItems") or most, most)
    start = _start(items, key, call.parameters.get("Marker"))
    chosen = list(items[start : start + size])
    if start + size >= len(items):
        return chosen, {}
    return chosen, {"NextMarker": base64.urlsafe_b64encode(key(items[start + size]).encode()).decode()}


def _start(items: Sequence[Item], key: Callable[[Item], str], marker: str | None) -> int:
    if not marker:
        return 0
    try:
        first = base64.b64decode(marker.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise invalid("The provided Marker is not valid. Please use the NextMarker of the page before.") from None
    keys = [key(item) for item in items]
    if first in keys:
        return keys.index(first)
    return sum(1 for each in keys if each < first)
