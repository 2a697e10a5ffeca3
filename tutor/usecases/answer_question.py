"""Answer questions: ask with shuffled options, score from the recorded proof, explain, store, and show by a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from time import perf_counter
from typing import Any

from tutor.errors import UsageError
from tutor.study import review
from tutor.study.answer import Answer, Confidence, Mode
from tutor.study.claim import Claim
from tutor.study.comparison import all_hold
from tutor.study.interleaving import interleaved, topic_of
from tutor.study.key import fulfilled
from tutor.study.observation import line_of
from tutor.study.scenario import Option, Scenario, SeedProof
from tutor.usecases.library import Library
from tutor.usecases.look_again import Again
from tutor.usecases.memory import Memory
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.setting import Changes, Setting, Value
from tutor.usecases.trial import Trial

AGAIN_SECONDS = 60
"""So long of real time a run with other settings may take, and a timeout that is set in it."""


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
    """What "show me" shows: one live run of the experiment. ``observed`` per option id ("" for an outcome question).

    ``recorded`` is what was observed when the proof was recorded, on the day ``recorded_on``; ``settings`` are what can
    be changed in each option's situation, to run it again.
    """

    observed: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]
    agrees: bool  # with the recorded key
    enforcement: Mapping[str, str]
    seconds: float
    recorded: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    recorded_on: str = ""
    settings: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rerun:
    """One run with other settings, beside what was recorded with the authored ones.

    ``option_id`` is the option whose situation it was, "" for an outcome. ``met`` says for a solution whether the goal
    was met; for an outcome ``true_now`` holds the options whose prediction came true, None where nobody can say.
    """

    option_id: str
    changes: Changes
    recorded: Mapping[str, Any]
    again: Again
    met: bool | None = None
    true_now: tuple[str, ...] | None = None


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

    def review(self, claims: Sequence[str] | None = None) -> tuple[str, ...]:
        """Scenario ids for these claims, or for those that are due now; neighbours differ in topic where they can.

        Each claim is asked once, in the wording that was not seen for the longest time; a question that asks several
        of them comes once. Claims that no question asks any more are left out.
        """
        answers = self.memory.answers()
        if claims is None:
            claims = review.due(review.cards(answers, self.memory.lab_attempts()), self.now())
        last_seen = {answer.question_id: answer.answered_at for answer in answers}
        asking = self._asking(frozenset(claims))
        chosen: dict[str, None] = {}
        for claim_id in claims:
            candidates = asking.get(claim_id, ())
            if candidates and not any(scenario_id in chosen for scenario_id in candidates):
                oldest = min(candidates, key=lambda one: (one in last_seen, last_seen.get(one), one))
                chosen[oldest] = None
        return interleaved(tuple(chosen), topic_of)

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
        return Shown(
            tried.proof.observed,
            tried.proof.key,
            agrees,
            tried.enforcement,
            seconds,
            recorded=self._observed(scenario),
            recorded_on=self._recorded_on(scenario),
            settings=tried.settings,
        )

    def run_again(self, question: Question, option_id: str, changes: Changes) -> Rerun:
        """Run the situation of one option ("" for an outcome) with other settings; nothing of it is kept or scored.

        Raises ``UsageError`` for what would take too long, and ``HostError`` where this host cannot run it.
        """
        scenario = question.scenario
        for setting, value in changes.items():
            _demand_soon_over(setting, value)
        again = self.trial.again(scenario, option_id, changes, AGAIN_SECONDS)
        recorded = self._observed(scenario).get(option_id, {})
        rerun = Rerun(option_id, changes, recorded, again)
        if again.observed is None or any(setting.key for setting in changes):
            return rerun
        if scenario.asks == "solution":
            return replace(rerun, met=all_hold(scenario.goal or {}, again.observed))
        return replace(rerun, true_now=fulfilled(scenario, {"": again.observed}))

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

    def _observed(self, scenario: Scenario) -> Mapping[str, Mapping[str, Any]]:
        recorded = self._recorded(scenario)
        return recorded.observed if recorded is not None else {}

    def _recorded_on(self, scenario: Scenario) -> str:
        proof = self.library.scenario_proof(scenario.id)
        return proof.date if proof is not None else ""

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


def _demand_soon_over(setting: Setting, value: Value) -> None:
    """Time passes as it does on AWS: what is set must be over while somebody looks."""
    if setting.name == "timeout" and value > max(setting.value, AGAIN_SECONDS):
        raise UsageError(f"A run takes real time, so that a timeout here is at most {AGAIN_SECONDS} s.")
    if setting.key and setting.most is not None and not 0 <= value <= setting.most:
        raise UsageError(
            f"{setting.name.capitalize()} can be tried from {setting.bounds}, for the run takes real time."
        )
