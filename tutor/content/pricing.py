"""The prices that costs are computed with, from ``data/pricing.yaml``."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from tutor import locations
from tutor.awslambda.prices import Prices
from tutor.content.figure import read_figures


def read_prices(root: Path) -> Prices:
    """The prices under the content root ``root``, in USD. Raises ``ContentError`` naming every one that is missing."""
    figures = read_figures(root, "pricing", locations.cache())
    kinds = {field.name: int if field.type in (int, "int") else float for field in fields(Prices)}
    values: dict[str, Any] = figures.values(kinds)
    return Prices(**values)
