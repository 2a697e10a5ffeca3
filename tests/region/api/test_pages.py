"""Lists page by page."""

import pytest

from tutor.errors import ServiceError
from tutor.region.api.pages import page

NAMES = [f"f{number:03}" for number in range(120)]


def walk(items: list[str], size: int | None) -> list[list[str]]:
    pages, marker = [], None
    while True:
        found, marker = page(items, {"Marker": marker, "MaxItems": size}, str, 50)
        pages.append(list(found))
        if marker is None:
            return pages


@pytest.mark.parametrize(("size", "sizes"), [(None, [50, 50, 20]), (1000, [50, 50, 20]), (40, [40, 40, 40])])
def test_pages_hold_everything_once(size: int | None, sizes: list[int]) -> None:
    """In order; a page is never longer than the service's."""
    pages = walk(NAMES, size)
    assert [len(found) for found in pages] == sizes
    assert [name for found in pages for name in found] == NAMES


def test_a_page_goes_on_where_the_last_ended() -> None:
    """Also when what stood there was deleted, and others came before it."""
    _, marker = page(NAMES, {"MaxItems": 10}, str, 50)
    changed = ["a", "b", *(name for name in NAMES if name != "f009")]
    found, _ = page(changed, {"MaxItems": 1, "Marker": marker}, str, 50)
    assert found == ["f010"]


def test_numbers_are_keys_too() -> None:
    """Versions are ordered by number, not by text."""
    found, marker = page([1, 2, 10], {"MaxItems": 2}, int, 50)
    assert page([1, 2, 10], {"Marker": marker}, int, 50) == ([10], None)
    assert found == [1, 2]


@pytest.mark.parametrize("marker", ["x", "é", "bm9uZQ==", "WyJhZnRlciIsIDNd", "WyJhZnRlciIsIHt9XQ=="])
def test_a_marker_of_another_make_is_refused(marker: str) -> None:
    """With AWS's error, not with a fault."""
    with pytest.raises(ServiceError, match="InvalidParameterValueException"):
        page(NAMES, {"Marker": marker}, str, 50)
