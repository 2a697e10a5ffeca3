"""The quotas that are enforced, from ``data/quotas.yaml``."""

from dataclasses import fields
from pathlib import Path

from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.content.figure import read_figures


def read_quotas(root: Path) -> Quotas:
    """The quotas under the content root ``root``. Raises ``ContentError`` naming every one that is missing."""
    figures = read_figures(root, "quotas", locations.cache())
    values = figures.values({field.name: int for field in fields(Quotas)})
    return Quotas(**{name: int(value) for name, value in values.items()})
