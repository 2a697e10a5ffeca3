"""Every attack is tried on every tier that this host has; a tier that it lacks is skipped with the reason."""

from collections.abc import Iterator

import pytest

from tests.sandbox.attacks.tier import Tier, opened, tiers
from tests.sandbox.conftest import _reason_to_skip


@pytest.fixture(scope="session", params=list(tiers()))
def tier(request: pytest.FixtureRequest) -> Iterator[Tier]:
    """A tutor of its own, as root or as an ordinary user."""
    if reason := _reason_to_skip():
        pytest.skip(reason)
    found = tiers()[request.param]
    if isinstance(found, str):
        pytest.skip(f"tier {request.param}: {found}")
    with opened(request.param, *found) as made:
        yield made
