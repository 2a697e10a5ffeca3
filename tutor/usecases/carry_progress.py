"""Carry progress between machines: written as one file, merged so that no answer is lost and none is there twice."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.sitting import SittingRecord
from tutor.usecases.progress_file import Progress, read_progress, write_progress
from tutor.usecases.sitting_memory import SittingMemory

Event = TypeVar("Event", bound=Hashable)


class MergingMemory(SittingMemory, Protocol):
    """The memory, with many events at once."""

    def add_all(
        self,
        answers: Sequence[Answer],
        attempts: Sequence[LabAttempt],
        acts: Sequence[Act],
        sittings: Sequence[tuple[SittingRecord, bool]],
        known: int,
    ) -> bool:
        """Keep all of it or nothing. A sitting comes with the events to add, and whether it is new.

        Nothing is kept, and False returned, where ``count`` is other than ``known``.
        """
        ...

    def count(self) -> int:
        """How much is kept; it grows with everything that is added."""
        ...


@dataclass(frozen=True)
class Merged:
    """What was added. ``refused`` are sentences about what was left out."""

    answers: int
    lab_attempts: int
    acts: int
    sittings: int
    refused: tuple[str, ...]


@dataclass(frozen=True)
class CarryProgress:
    """Out of this machine, and into it. Events are the same when all that is known of them is."""

    memory: MergingMemory
    now: Callable[[], datetime]

    def write(self) -> str:
        """Everything that was done, as the text of one file."""
        memory = self.memory
        progress = Progress(memory.answers(), memory.lab_attempts(), memory.acts(), memory.sittings())
        return write_progress(progress, self.now())

    def merge(self, text: str, name: str) -> Merged:
        """Add what is in the file and not here yet, all of it at once; merging the same file again adds nothing.

        Raises ``UsageError`` for a file ``name`` that is no progress.
        """
        there = read_progress(text, name)
        # another tutor may add something while this one looks: then look again
        while (merged := self._add(there)) is None:
            continue
        return merged

    def _add(self, there: Progress) -> Merged | None:
        """Add what is missing; None, and nothing added, where another tutor added something meanwhile."""
        known = self.memory.count()
        answers = missing(self.memory.answers(), there.answers)
        attempts = missing(self.memory.lab_attempts(), there.lab_attempts)
        acts = missing(self.memory.acts(), there.acts)
        refused = list(there.refused)
        sittings = self._sittings(there.sittings, refused)
        some = answers or attempts or acts or sittings
        if some and not self.memory.add_all(answers, attempts, acts, sittings, known):
            return None
        return Merged(len(answers), len(attempts), len(acts), len(sittings), tuple(refused))

    def _sittings(self, there: Iterable[SittingRecord], refused: list[str]) -> list[tuple[SittingRecord, bool]]:
        here = {record.begun.id: record for record in self.memory.sittings()}
        found: list[tuple[SittingRecord, bool]] = []
        for record in {record.begun.id: record for record in there}.values():
            known = here.get(record.begun.id)
            if known is None:
                found.append((record, True))
            elif (known.begun, known.seals) != (record.begun, record.seals):
                refused.append(f"sitting {record.begun.id}: another one has this id here")
            elif events := tuple(missing(known.events, record.events)):
                found.append((SittingRecord(record.begun, record.seals, events), False))
        return found


def missing(here: Iterable[Event], there: Iterable[Event]) -> list[Event]:
    """What is ``there`` and not ``here``, in its order."""
    left = Counter(here)
    found = []
    for event in there:
        if left[event]:
            left[event] -= 1
        else:
            found.append(event)
    return found
