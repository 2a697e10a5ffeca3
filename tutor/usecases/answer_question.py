"""Answer questions: ask with shuffled options, score from the recorded proof, explain, store, and show by a run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from time import perf_counter
from typing import Any

from tutor.errors import UsageError
from tutor.study import review
from tutor.study.answer import Answer, Confidence, Mode
from tutor.study.claim import Claim
from tutor.study.observation import line_of
from tutor.study.scenario import Option, Scenario, SeedProof
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.trial import Trial


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
    """What "show me" shows: one live run of the experiment. ``observed`` per option id ("" for an outcome question)."""

    observed: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]
    agrees: bool  # with the recorded key
    enforcement: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class AnswerQuestion:
    """Asking and answering. Every method may be called from a worker thread."""

    library: Library
    trial: Trial
    memory: Memory
    now: Callable[[], datetime]
    random: Random

    def quiz(self, lesson_id: str) -> tuple[str, ...]:
        """Scenario ids of a lesson's quiz, in order."""
        return self.library.lesson(lesson_id).quiz

    def review(self) -> tuple[str, ...]:
        """Scenario ids for the claims that are due now, most overdue first.

        Each due claim is asked once, in the wording that was not seen for the longest time; a question that asks
        several due claims comes once. Claims that no question asks any more are left out.
        """
        answers = self.memory.answers()
        due = review.due(review.cards(answers, self.memory.lab_attempts()), self.now())
        last_seen = {answer.question_id: answer.answered_at for answer in answers}
        asking = self._asking(frozenset(due))
        chosen: dict[str, None] = {}
        for claim_id in due:
            candidates = asking.get(claim_id, ())
            if candidates and not any(scenario_id in chosen for scenario_id in candidates):
                oldest = min(candidates, key=lambda one: (one in last_seen, last_seen.get(one), one))
                chosen[oldest] = None
        return tuple(chosen)

    def ask(self, scenario_id: str) -> Question:
        """One asking: a seed is drawn, the options are shuffled."""
        scenario = self.library.scenario(scenario_id, self.random.randrange(self.library.seeds(scenario_id)))
        return Question(scenario, tuple(self.random.sample(scenario.options, len(scenario.options))))

    def answer(
        self,
        question: Question,
        chosen: tuple[str, ...],
        milliseconds: int,
        confidence: Confidence | None,
        mode: Mode,
    ) -> Feedback:
        """Score and store; when this returns the answer has been committed. ``chosen`` may be empty (a blank).

        Raises ``UsageError`` for an option that the question does not have.
        """
        scenario = question.scenario
        order = tuple(option.id for option in question.options)
        for option_id in chosen:
            if option_id not in order:
                raise UsageError(f"{scenario.id} has no option {option_id!r}{did_you_mean(option_id, order)}.")
        answer = Answer(
            question_id=scenario.id,
            content_hash=scenario.content_hash,
            seed=scenario.seed,
            option_order=order,
            chosen=tuple(dict.fromkeys(chosen)),
            key=self.library.key(scenario.id, scenario.seed),
            scoring_rule="all-or-nothing",
            confidence=confidence,
            milliseconds=milliseconds,
            mode=mode,
            answered_at=self.now(),
            claims=scenario.claims,
        )
        self.memory.add_answer(answer)
        return self.explain(question, answer)

    def show_me(self, question: Question) -> Shown | None:
        """Run the question's experiment now; None for a question known by source only.

        Raises ``HostError`` where this host cannot run it.
        """
        scenario = question.scenario
        if scenario.asks == "fact" or scenario.experiment is None:
            return None
        began = perf_counter()
        tried = self.trial.scenario(scenario)
        seconds = perf_counter() - began
        agrees = sorted(tried.proof.key) == sorted(self.library.key(scenario.id, scenario.seed))
        return Shown(tried.proof.observed, tried.proof.key, agrees, tried.enforcement, seconds)

    def explain(self, question: Question, answer: Answer) -> Feedback:
        """Every option explained, for an answer that is kept or will be."""
        scenario = question.scenario
        seen = self._recorded(scenario)
        key, chosen = answer.key, answer.chosen
        options = tuple(
            ExplainedOption(option, option.id in key, option.id in chosen, line_of(scenario, option, seen))
            for option in question.options
        )
        claims = tuple(self.library.claim(claim_id) for claim_id in scenario.claims)
        return Feedback(answer, options, claims, scenario.source, scenario.older)

    def _recorded(self, scenario: Scenario) -> SeedProof | None:
        proof = self.library.scenario_proof(scenario.id) if scenario.asks != "fact" else None
        return proof.seeds[scenario.seed] if proof and scenario.seed < len(proof.seeds) else None

    def _asking(self, claims: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """The questions that ask each of the claims; a broken question is asked by nobody."""
        asking: dict[str, tuple[str, ...]] = {}
        for entry in self.library.bank() if claims else ():
            for claim_id in claims.intersection(entry.claims):
                asking[claim_id] = (*asking.get(claim_id, ()), entry.id)
        return asking
