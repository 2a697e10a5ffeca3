"""The same regions as for invoking: their clock stands still while handlers run."""

from tests.region.invoking.conftest import opens

__all__ = ["opens"]
