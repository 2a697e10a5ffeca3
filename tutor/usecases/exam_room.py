"""One sitting, live: every keystroke kept before it is shown, the clock going on, and what it came to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from tutor.errors import ContentError, UsageError
from tutor.study.answer import Answer, Confidence
from tutor.study.blueprint import Blueprint
from tutor.study.paper import PaperQuestion
from tutor.study.result import Result, result_of
from tutor.study.sitting import Did, Phase, SittingEvent, SittingRecord, after, allows
from tutor.usecases.exam_library import ExamLibrary
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.sitting_memory import SittingMemory

if TYPE_CHECKING:  # what explains and runs is not needed to sit an exam, and takes long to import
    from tutor.usecases.answer_question import AnswerQuestion, Feedback, Question, Rerun, Shown
    from tutor.usecases.setting import Changes


class Invigilator(Protocol):
    """What a room is given: the questions, where to keep what is done, and the time."""

    @property
    def library(self) -> ExamLibrary: ...

    @property
    def memory(self) -> SittingMemory: ...

    @property
    def asking(self) -> "Callable[[], AnswerQuestion]":
        """What explains and shows; called when something is to be explained, and not before."""
        ...

    @property
    def now(self) -> Callable[[], datetime]:
        """The present."""
        ...

    def record(self, sitting_id: str) -> SittingRecord:
        """A sitting as it is kept."""
        ...

    def content_hash(self, question: PaperQuestion) -> str | None:
        """The hash of a question as it is now, None where it cannot be read."""
        ...


class Room:
    """One sitting, live. Whatever is done is kept before the method returns. For one thread at a time.

    Another tutor may have the same sitting open: what it did is taken over before anything is added.
    """

    def __init__(self, exam: Invigilator, record: SittingRecord) -> None:
        self._exam = exam
        self._take(record)

    def _take(self, record: SittingRecord) -> None:
        self._record = record
        self._known = len(record.events)
        self.sitting = record.now

    @cached_property
    def blueprint(self) -> Blueprint | None:
        """The exam that the paper is of, where it is of one that is still known."""
        return self._exam.library.blueprints().get(self.sitting.paper.blueprint or "")

    @property
    def over(self) -> bool:
        """Whether it was handed in or its time is up."""
        return self.sitting.over(self._exam.now())

    def handed_in(self) -> bool:
        """Whether it was handed in."""
        return self.sitting.phase is Phase.SUBMITTED

    def seconds_left(self) -> float | None:
        """The time that is left; None where nothing limits it."""
        left = self.sitting.remaining(self._exam.now())
        return None if left is None else left.total_seconds()

    def question(self, number: int) -> "Question | None":
        """A question as it is shown, its options in the order of this paper; None where it was changed since."""
        from tutor.usecases.answer_question import Question

        asked, seal = self.sitting.paper.questions[number], self._record.seals[number]
        try:
            scenario = self._exam.library.scenario(asked.question_id, asked.seed)
        except (ContentError, UsageError):
            return None
        if scenario.content_hash != seal.content_hash:
            return None
        by_id = {option.id: option for option in scenario.options}
        return Question(scenario, tuple(by_id[option_id] for option_id in asked.option_order))

    def show(self, number: int) -> None:
        """Put a question on the screen: time counts for it from now."""
        self._do("shown", number)

    def answer(self, number: int, chosen: Sequence[str], confidence: Confidence | None = None) -> None:
        """Choose options (by id); nothing chosen clears the answer.

        In an exam it can be changed until the end. In practice it is explained at once, and so it stays.
        """
        known = self.sitting.paper.questions[number].option_order
        for option_id in chosen:
            if option_id not in known:
                raise UsageError(f"This question has no option {option_id!r}{did_you_mean(option_id, known)}.")
        if self.sitting.mode == "practice" and self.sitting.questions[number].chosen:
            raise UsageError("This question has been answered and explained: its answer stays.")
        if chosen:
            self._do("answered", number, tuple(dict.fromkeys(chosen)), confidence)
        else:
            self._do("cleared", number)

    def choose(self, number: int, option_id: str, confidence: Confidence | None = None) -> None:
        """Choose one option, or take it back; a single choice replaces the one before.

        Raises ``UsageError`` where as many as the question asks for are chosen already.
        """
        chosen, wanted = self.sitting.questions[number].chosen, self.wanted(number)
        if option_id in chosen:
            chosen = tuple(one for one in chosen if one != option_id)
        elif wanted == 1:
            chosen = (option_id,)
        elif len(chosen) < wanted:
            chosen = (*chosen, option_id)
        else:
            raise UsageError(f"Already {wanted} are chosen: take one back first.")
        self.answer(number, chosen, confidence)

    def wanted(self, number: int) -> int:
        """How many options the question asks for."""
        return len(self._record.seals[number].key)

    def partly(self, number: int) -> bool:
        """Whether some options are chosen, and fewer than the question asks for: as wrong as a blank."""
        return 0 < len(self.sitting.questions[number].chosen) < self.wanted(number)

    @property
    def half_done(self) -> frozenset[int]:
        """The numbers of the questions that are answered in part."""
        return frozenset(filter(self.partly, range(len(self.sitting.questions))))

    @property
    def answered(self) -> int:
        """How many questions have all the options that they ask for."""
        return len(self.sitting.questions) - len(self.sitting.unanswered) - len(self.half_done)

    def sure(self, number: int, confidence: Confidence | None) -> None:
        """Say how sure the answer that was given is."""
        chosen = self.sitting.questions[number].chosen
        if chosen:
            self._do("answered", number, chosen, confidence)

    def flag(self, number: int) -> None:
        """Flag a question, or take the flag away."""
        self._do("unflagged" if self.sitting.questions[number].flagged else "flagged", number)

    def strike(self, number: int, option_id: str) -> None:
        """Strike an option out, or bring it back."""
        struck = option_id in self.sitting.questions[number].struck
        self._do("unstruck" if struck else "struck", number, option_id)

    def note(self, number: int, text: str) -> None:
        """Keep a note beside a question, in place of the one before."""
        self._do("noted", number, text)

    def pause(self) -> None:
        """Stop the clock. Raises ``UsageError`` in an exam, which has no pause."""
        if self.sitting.mode == "exam":
            raise UsageError("An exam cannot be paused: its clock goes on.")
        if self.sitting.phase is Phase.RUNNING:
            self._do("paused")

    def resume(self) -> None:
        """Let the clock go on, where it stands."""
        if self.sitting.phase is Phase.PAUSED:
            self._do("resumed")

    def feedback(self, number: int) -> "Feedback | None":
        """Every option explained: in practice once a question is answered, in an exam after the end. None before."""
        question = self.question(number) if self.explains(number) else None
        if question is None:
            return None
        return self._exam.asking().explain(question, self._answer(number))

    def explains(self, number: int) -> bool:
        """Whether this question may be explained now."""
        answered = bool(self.sitting.questions[number].chosen)
        return self.sitting.phase is Phase.SUBMITTED or (self.sitting.mode == "practice" and answered)

    def show_me(self, number: int) -> "Shown | None":
        """Run the question's experiment now, where it may be explained; see ``AnswerQuestion.show_me``."""
        question = self.question(number) if self.explains(number) else None
        return None if question is None else self._exam.asking().show_me(question)

    def run_again(self, number: int, option_id: str, changes: "Changes") -> "Rerun | None":
        """Run a question's situation with other settings, where it may be explained; see ``AnswerQuestion``."""
        question = self.question(number) if self.explains(number) else None
        return None if question is None else self._exam.asking().run_again(question, option_id, changes)

    def submit(self) -> Result:
        """Hand in, once. The answers count for the claims from now on; kept in one step with the end."""
        if self.sitting.phase is not Phase.SUBMITTED:
            self._do("submitted")
        return self.result()

    def result(self) -> Result:
        """What it came to."""
        return result_of(self.sitting, self._record.seals, self.blueprint, self._void())

    def _do(
        self,
        did: Did,
        number: int | None = None,
        detail: Any = None,
        confidence: Confidence | None = None,
    ) -> None:
        while True:
            self._demand(did)
            now = self._exam.now()
            event = SittingEvent(did, max(now, self.sitting.last or now), number, detail, confidence)
            given = self._answers() if did == "submitted" else ()
            if self._exam.memory.add_sitting_event(self.sitting.id, event, given, self._known):
                self.sitting = after(self.sitting, event)
                self._known += 1
                return
            self._take(self._exam.record(self.sitting.id))
            if did == "submitted" and self.sitting.phase is Phase.SUBMITTED:
                return

    def _demand(self, did: Did) -> None:
        if self.sitting.phase is Phase.SUBMITTED:
            raise UsageError("This sitting has been handed in: it takes nothing more.")
        if did != "submitted" and self.over:
            raise UsageError("The time is up: this sitting takes nothing more.")
        if not allows(self.sitting, did):
            raise UsageError(f"This sitting is {self.sitting.phase.value}: resume it first.")

    def _void(self) -> frozenset[int]:
        """The questions whose text, options or key are not those of the paper any more."""
        asked = zip(self.sitting.paper.questions, self._record.seals, strict=True)
        return frozenset(
            number
            for number, (question, seal) in enumerate(asked)
            if self._exam.content_hash(question) != seal.content_hash
        )

    def _answers(self) -> tuple[Answer, ...]:
        """What was answered, for the claims' cards; a blank says nothing of what one remembers."""
        given = (number for number, state in enumerate(self.sitting.questions) if state.chosen)
        void = self._void()
        return tuple(self._answer(number) for number in given if number not in void)

    def _answer(self, number: int) -> Answer:
        state, seal = self.sitting.questions[number], self._record.seals[number]
        asked = self.sitting.paper.questions[number]
        return Answer(
            question_id=asked.question_id,
            content_hash=seal.content_hash,
            seed=asked.seed,
            option_order=asked.option_order,
            chosen=state.chosen,
            key=seal.key,
            scoring_rule="all-or-nothing",
            confidence=state.confidence,
            milliseconds=state.milliseconds,
            mode=self.sitting.mode,
            answered_at=self._exam.now(),
            claims=seal.claims,
        )
