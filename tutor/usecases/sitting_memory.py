"""The Protocol that the exam room needs from the store: sittings, kept event by event."""

from collections.abc import Sequence
from typing import Protocol

from tutor.study.answer import Answer
from tutor.study.sitting import Seal, Sitting, SittingEvent, SittingRecord
from tutor.usecases.memory import Memory


class SittingMemory(Memory, Protocol):
    """The memory, with sittings: each ``add_…`` has been committed when it returns."""

    def add_sitting(self, sitting: Sitting, seals: Sequence[Seal]) -> None: ...

    def add_sitting_event(
        self, sitting_id: str, event: SittingEvent, given: Sequence[Answer] = (), known: int | None = None
    ) -> bool:
        """The event, with the answers that it makes final: all of it or nothing.

        Nothing is kept, and False returned, where the sitting has other than ``known`` events.
        """
        ...

    def sittings(self) -> tuple[SittingRecord, ...]:
        """All sittings, oldest first."""
        ...
