"""Lists that are answered page by page, with markers that say nothing to the client."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tutor.errors import ServiceError

Item = TypeVar("Item")


def page(
    items: Sequence[Item], parameters: Mapping[str, Any], key: Callable[[Item], str | int], page_size: int
) -> tuple[Sequence[Item], str | None]:
    """The items asked for by ``Marker`` and ``MaxItems``, and the marker of the next page, if there is one.

    ``items`` are in the ascending order of ``key``, which is unique and either a text or a number in all of them; so
    a page goes on at the right place even where items came or went in between. ``page_size`` is the most that one
    page holds. Raises ``ServiceError`` for a marker that is none of ours.
    """
    size = min(int(parameters.get("MaxItems") or page_size), page_size)
    marker = parameters.get("Marker")
    start = _after(items, key, _decode(marker)) if marker else 0
    found = items[start : start + size]
    more = start + size < len(items)
    return found, _encode(key(found[-1])) if more else None


def _after(items: Sequence[Item], key: Callable[[Item], str | int], last: str | int) -> int:
    """The place of the first item after the last one told, by bisection."""
    low, high = 0, len(items)
    try:
        while low < high:
            middle = (low + high) // 2
            if key(items[middle]) <= last:  # type: ignore[operator]  # two kinds in one list are the marker's fault
                low = middle + 1
            else:
                high = middle
    except TypeError:
        raise _invalid() from None
    return low


def _encode(key: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(["after", key]).encode()).decode()


def _decode(marker: str) -> str | int:
    try:
        word, key = json.loads(base64.b64decode(marker, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise _invalid() from None
    if word != "after" or not isinstance(key, str | int):
        raise _invalid()
    return key


def _invalid() -> ServiceError:
    return ServiceError("InvalidParameterValueException", "Invalid Marker.")
