"""Sit an exam: papers, sittings that are begun, gone on with and looked back at."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tutor.errors import ContentError, UsageError
from tutor.study import paper as papers
from tutor.study.paper import Paper, PaperQuestion
from tutor.study.sitting import Phase, Seal, SittingMode, SittingRecord, begin
from tutor.usecases.exam_library import ExamLibrary
from tutor.usecases.exam_room import Room
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.sitting_memory import SittingMemory

if TYPE_CHECKING:
    from tutor.usecases.answer_question import AnswerQuestion


@dataclass(frozen=True)
class SitExam:
    """The exam room. Every method may be called from a worker thread.

    ``asking`` is called when something is to be explained or shown, and not before: opening the room needs none of it.
    """

    library: ExamLibrary
    memory: SittingMemory
    asking: "Callable[[], AnswerQuestion]"
    now: Callable[[], datetime]
    random: Random
    _hashes: dict[tuple[str, int], str | None] = field(default_factory=dict, compare=False, repr=False)
    _ended: list[str] = field(default_factory=list, compare=False, repr=False)

    def mock(self, blueprint: str) -> Paper:
        """A whole paper of an exam, of what was asked least in papers before; its ``shortages`` say what is missing."""
        known = self.library.blueprints()
        if blueprint not in known:
            raise UsageError(f"There is no exam {blueprint!r}{did_you_mean(blueprint, known)}.")
        sittings = self.memory.sittings()
        asked = Counter(one.question_id for record in sittings for one in record.begun.paper.questions)
        return papers.mock(known[blueprint], self.library.bank(), self.random, asked)

    def choice(
        self,
        name: str,
        count: int,
        *,
        topics: Sequence[str] = (),
        claims: Sequence[str] = (),
        difficulty: int | None = None,
        minutes: int | None = None,
    ) -> Paper:
        """A paper of a chosen part of the bank. Raises ``UsageError`` where no question is of that choice."""
        part = papers.select(self.library.bank(), topics, claims, difficulty)
        if not part:
            raise UsageError("No question is of that choice: choose other topics, claims, or another difficulty.")
        return papers.choice(name, part, count, self.random, minutes)

    def weakest(self, count: int, minutes: int | None = None) -> Paper:
        """A paper on the claims that are known least, by the answers so far."""
        course = papers.select(self.library.bank())
        return papers.weakest("Weakest claims", course, self._strength(), count, self.random, minutes)

    def begin(self, paper: Paper, mode: SittingMode) -> "Room":
        """Begin a sitting; it is kept when this returns. A question that cannot be scored is left out of the paper.

        Raises ``UsageError`` for a paper without any question.
        """
        sealed = [(question, seal) for question in paper.questions if (seal := self._seal(question)) is not None]
        if not sealed:
            raise UsageError("This paper has no questions.")
        whole = replace(paper, questions=tuple(question for question, _ in sealed))
        identifier = str(UUID(int=self.random.getrandbits(128), version=4))
        sitting = begin(identifier, whole, mode, self.now())
        seals = tuple(seal for _, seal in sealed)
        self.memory.add_sitting(sitting, seals)
        return Room(self, SittingRecord(sitting, seals))

    def unfinished(self) -> tuple[SittingRecord, ...]:
        """Sittings that were not handed in, the newest first; those whose time ran out are handed in here."""
        left = []
        for record in reversed(self.memory.sittings()):
            standing = record.now
            if standing.phase is Phase.SUBMITTED:
                continue
            if standing.over(self.now()):
                Room(self, record).submit()
                self._ended.append(record.begun.id)
            else:
                left.append(record)
        return tuple(left)

    def ended(self) -> tuple["Room", ...]:
        """Those whose time ran out and that ``unfinished`` handed in; each is told of once, the newest first."""
        told, self._ended[:] = tuple(self._ended), ()
        return tuple(self.room(sitting_id) for sitting_id in told)

    def room(self, sitting_id: str) -> "Room":
        """A sitting by its id, to go on with or to look at. Raises ``UsageError`` for one that is not there."""
        return Room(self, self.record(sitting_id))

    def record(self, sitting_id: str) -> SittingRecord:
        """A sitting as it is kept. Raises ``UsageError`` for one that is not there."""
        records = {record.begun.id: record for record in self.memory.sittings()}
        if sitting_id not in records:
            raise UsageError(f"There is no sitting {sitting_id!r}{did_you_mean(sitting_id, records)}.")
        return records[sitting_id]

    def history(self) -> tuple["Room", ...]:
        """The sittings that were handed in, oldest first."""
        records = self.memory.sittings()
        return tuple(Room(self, record) for record in records if record.now.phase is Phase.SUBMITTED)

    def content_hash(self, question: PaperQuestion) -> str | None:
        """The hash of a question as it is now, None where it cannot be read; read once in a session."""
        asked = (question.question_id, question.seed)
        if asked not in self._hashes:
            try:
                self._hashes[asked] = self.library.scenario(*asked).content_hash
            except (ContentError, UsageError):
                self._hashes[asked] = None
        return self._hashes[asked]

    def _strength(self) -> dict[str, float]:
        """How well each claim is known: the share of right answers, and less than that while they are few."""
        asked, right = Counter[str](), Counter[str]()
        for answer in self.memory.answers():
            asked.update(set(answer.claims))
            right.update(set(answer.claims) if answer.correct else ())
        return {claim: right[claim] / (count + 1) for claim, count in asked.items()}

    def _seal(self, question: PaperQuestion) -> Seal | None:
        try:
            scenario = self.library.scenario(question.question_id, question.seed)
            key = self.library.key(scenario.id, scenario.seed)
        except (ContentError, UsageError):
            return None
        self._hashes[question.question_id, question.seed] = scenario.content_hash
        return Seal(scenario.content_hash, key, scenario.claims)


def ran_out(room: Room) -> str:
    """What to say of a sitting whose time ran out while nobody sat it."""
    paper = room.sitting.paper
    count = len(paper.questions)
    return f"The time of {paper.name} ran out meanwhile: handed in with {room.answered} of {count} answered."
