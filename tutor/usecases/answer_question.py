"""Answer questions: ask with shuffled options, score from the recorded proof, explain, store, and show by a run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tutor.awslambda.prices import Prices
from tutor.study.answer import Answer, Confidence, Mode
from tutor.study.claim import Claim
from tutor.study.scenario import Option, Scenario
from tutor.usecases.functions import Functions
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory


@dataclass(frozen=True)
class Question:
    """A scenario as it is shown: ``options`` in the order of this asking."""

    scenario: Scenario
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ExplainedOption:
    """One option after the answer. ``observed`` is what a run saw, one short line, or None."""

    option: Option
    right: bool
    chosen: bool
    observed: str | None


@dataclass(frozen=True)
class Feedback:
    """What is shown after an answer; the answer is stored already."""

    answer: Answer
    options: tuple[ExplainedOption, ...]
    claims: tuple[Claim, ...]
    source: str
    older: str | None


@dataclass(frozen=True)
class Shown:
    """"Show me": one live run of the experiment. ``observed`` per option id ("" for an outcome question)."""

    observed: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]
    agrees: bool  # with the recorded key
    enforcement: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class AnswerQuestion:
    """Asking and answering. Every method may be called from a worker thread."""

    library: Library
    functions: Functions
    memory: Memory
    prices: Prices
    now: Callable[[], datetime]
    random: Random

    def quiz(self, lesson_id: str) -> tuple[str, ...]:
        """Scenario ids of a lesson's quiz, in order."""
        raise NotImplementedError

    def review(self) -> tuple[str, ...]:
        """Scenario ids for the claims that are due now, most overdue first."""
        raise NotImplementedError

    def ask(self, scenario_id: str) -> Question:
        """One asking: a seed is drawn, the options are shuffled."""
        raise NotImplementedError

    def answer(
        self,
        question: Question,
        chosen: tuple[str, ...],
        milliseconds: int,
        confidence: Confidence | None,
        mode: Mode,
    ) -> Feedback:
        """Score and store; when this returns the answer has been committed. ``chosen`` may be empty (a blank)."""
        raise NotImplementedError

    def show_me(self, question: Question) -> Shown | None:
        """Run the question's experiment now; None for a question known by source only.

        Raises ``HostError`` where this host cannot run it.
        """
        raise NotImplementedError
