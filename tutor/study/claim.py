"""A claim: one checkable sentence about Lambda, and how it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Claim:
    """One claim. ``says`` and ``older`` have their numbers filled in.

    Known by experiment: ``experiment`` is the file, ``given`` its arguments, ``holds`` what must be
    observed (values or comparisons, as in a question's ``predicts``). By source only: all three are None.
    """

    id: str
    topic: str
    says: str
    source: str  # URL
    as_of: str  # ISO date
    older: str | None
    experiment: Path | None
    given: Mapping[str, Any] | None
    holds: Mapping[str, Any] | None
    proof_hash: str | None

    @property
    def by_experiment(self) -> bool:
        """Whether a run of ours proves it."""
        return self.experiment is not None
