"""The memory, opened when something is first asked of it: the exam room can be looked at before that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.sitting import Seal, Sitting, SittingEvent, SittingRecord
from tutor.usecases.sitting_memory import SittingMemory


@dataclass(frozen=True)
class LateMemory:
    """Implements ``SittingMemory`` by the one that ``opened`` gives, each time anew."""

    opened: Callable[[], SittingMemory]

    def add_answer(self, answer: Answer) -> None:
        """Keep an answer."""
        self.opened().add_answer(answer)

    def add_lab_attempt(self, attempt: LabAttempt) -> None:
        """Keep an attempt at a lab."""
        self.opened().add_lab_attempt(attempt)

    def add_act(self, act: Act) -> None:
        """Keep what else was done."""
        self.opened().add_act(act)

    def answers(self) -> tuple[Answer, ...]:
        """All answers."""
        return self.opened().answers()

    def lab_attempts(self) -> tuple[LabAttempt, ...]:
        """All attempts."""
        return self.opened().lab_attempts()

    def acts(self) -> tuple[Act, ...]:
        """All else that was done."""
        return self.opened().acts()

    def add_sitting(self, sitting: Sitting, seals: Sequence[Seal]) -> None:
        """Keep a sitting that begins."""
        self.opened().add_sitting(sitting, seals)

    def add_sitting_event(
        self, sitting_id: str, event: SittingEvent, given: Sequence[Answer] = (), known: int | None = None
    ) -> bool:
        """Keep an event of a sitting; see ``SittingMemory``."""
        return self.opened().add_sitting_event(sitting_id, event, given, known)

    def sittings(self) -> tuple[SittingRecord, ...]:
        """All sittings."""
        return self.opened().sittings()
