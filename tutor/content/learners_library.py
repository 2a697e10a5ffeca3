"""The content as one learner has it: the course's, and beside it the questions that were imported."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tutor.content.library import ContentLibrary

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.content.imported import ImportedFile
    from tutor.study.paper import BankEntry
    from tutor.study.scenario import Proof, Scenario

_IMPORTED = "imported/"


class LearnersLibrary(ContentLibrary):
    """The library with imported questions, whose ids begin with ``imported/``.

    They are in the bank, and can be asked; ``scenario_ids`` stays the course's, which is what is proven and held to
    its gates. ``imported`` is the folder that they are kept in.
    """

    def __init__(self, root: Path, cache: Path, imported: Path) -> None:
        super().__init__(root, cache)
        self.imported = imported

    @cached_property
    def _imported(self) -> ImportedFile | None:
        """What was imported; None, without a look at how such files are read, where nothing was."""
        if not self.imported.is_dir():
            return None
        from tutor.content.imported import ImportedFile

        return ImportedFile(self.imported, self.cache)

    def bank(self) -> tuple[BankEntry, ...]:
        """Every sound question without its text, the imported ones last."""
        return (*super().bank(), *(self._imported.bank() if self._imported else ()))

    def seeds(self, scenario_id: str) -> int:
        """How many seeds the family has; an imported question has one."""
        return 1 if self._of(scenario_id) else super().seeds(scenario_id)

    def scenario(self, scenario_id: str, seed: int = 0) -> Scenario:
        """The question at one of its seeds."""
        imported = self._of(scenario_id)
        return imported.scenario(scenario_id) if imported else super().scenario(scenario_id, seed)

    def scenario_proof(self, scenario_id: str) -> Proof | None:
        """The recorded proof; an imported question has none."""
        return None if self._of(scenario_id) else super().scenario_proof(scenario_id)

    def _of(self, scenario_id: str) -> ImportedFile | None:
        return self._imported if scenario_id.startswith(_IMPORTED) else None
