"""Asking, answering, explaining and showing, over a small course and a scripted sandbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fakes.functions import FakeFunctions, a_timeout, an_invocation
from tests.fakes.parts import NOON, SmallParts
from tutor.errors import ContentError, HostError, Problem, UsageError
from tutor.study.scenario import Scenario
from tutor.usecases.answer_question import AnswerQuestion, Question

COMPUTED, FACT = "limits/timeout-kills", "limits/two-of-four"


@pytest.fixture
def parts(tmp_path: Path) -> SmallParts:
    return SmallParts(tmp_path, FakeFunctions([a_timeout()]))


@pytest.fixture
def asking(parts: SmallParts) -> AnswerQuestion:
    return parts.answer_question


def test_the_quiz_is_the_lessons(asking: AnswerQuestion) -> None:
    """A lesson's quiz comes in the author's order."""
    assert asking.quiz("limits/every-limit") == (COMPUTED, FACT, "limits/memory-range")


def test_options_are_shuffled_by_chance_alone(parts: SmallParts) -> None:
    """The same chance gives the same order, another one another; no option is lost."""
    first = replace(parts.answer_question, random=Random(7)).ask(COMPUTED)
    assert replace(parts.answer_question, random=Random(7)).ask(COMPUTED) == first
    shown = [replace(parts.answer_question, random=Random(n)).ask(COMPUTED).options for n in range(20)]
    orders = {tuple(option.id for option in options) for options in shown}
    assert len(orders) > 5
    assert all(set(order) == {option.id for option in first.options} for order in orders)


def test_every_seed_is_drawn(parts: SmallParts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A family with three seeds is asked in all three."""
    monkeypatch.setattr(parts.library, "seeds", lambda scenario_id: 3)
    whole = parts.library.scenario

    def seeded(scenario_id: str, seed: int = 0) -> Scenario:
        return replace(whole(scenario_id), seed=seed)

    monkeypatch.setattr(parts.library, "scenario", seeded)
    seeds = {replace(parts.answer_question, random=Random(n)).ask(COMPUTED).scenario.seed for n in range(30)}
    assert seeds == {0, 1, 2}


def test_an_answer_is_stored_whole(parts: SmallParts, asking: AnswerQuestion) -> None:
    """Everything that later questions may ask of it is kept: the order shown, the key, the time, the claims."""
    question = asking.ask(COMPUTED)
    feedback = asking.answer(question, ("retry",), 4200, "unsure", "quiz")
    (kept,) = parts.memory.answers()
    assert kept == feedback.answer
    assert kept.option_order == tuple(option.id for option in question.options)
    assert (kept.chosen, kept.key, kept.correct) == (("retry",), ("timedout",), False)
    assert (kept.milliseconds, kept.confidence, kept.mode, kept.answered_at) == (4200, "unsure", "quiz", NOON)
    assert (kept.claims, kept.content_hash, kept.seed) == (("LIM-005",), f"hash of {COMPUTED}", 0)


@pytest.mark.parametrize(
    ("chosen", "correct"),
    [
        (("memory", "timeout"), True),
        (("timeout", "memory"), True),
        (("memory", "memory", "timeout"), True),
        (("memory",), False),
        (("memory", "timeout", "layers"), False),
        ((), False),
    ],
)
def test_all_or_nothing(asking: AnswerQuestion, chosen: tuple[str, ...], correct: bool) -> None:
    """Exactly the key is right, in whatever order; half of it and a blank are wrong."""
    assert asking.answer(asking.ask(FACT), chosen, 1, None, "quiz").answer.correct is correct


def test_every_option_is_explained_with_what_was_observed(asking: AnswerQuestion) -> None:
    """In the order shown: right or not, chosen or not, and the recorded run's line; then claims, source, old notes."""
    question = asking.ask(COMPUTED)
    feedback = asking.answer(question, ("retry",), 1, None, "quiz")
    assert tuple(explained.option for explained in feedback.options) == question.options
    assert [one.option.id for one in feedback.options if one.right] == ["timedout"]
    assert [one.option.id for one in feedback.options if one.chosen] == ["retry"]
    assert {one.observed for one in feedback.options} == {"status timeout"}
    assert [claim.id for claim in feedback.claims] == ["LIM-005"]
    assert feedback.source.startswith("https://docs.aws.amazon.com/")
    assert feedback.older is not None


def test_a_fact_has_nothing_observed(asking: AnswerQuestion) -> None:
    """What is known by source only shows no run."""
    feedback = asking.answer(asking.ask(FACT), ("memory", "timeout"), 1, None, "quiz")
    assert {explained.observed for explained in feedback.options} == {None}


def test_an_option_that_is_not_there_is_refused(parts: SmallParts, asking: AnswerQuestion) -> None:
    """A wrong option id is told with the nearest one, and nothing is stored."""
    with pytest.raises(UsageError, match="did you mean 'retry'"):
        asking.answer(asking.ask(COMPUTED), ("retri",), 1, None, "quiz")
    assert parts.memory.answers() == ()


def test_a_question_without_a_fresh_proof_is_not_scored(
    parts: SmallParts, asking: AnswerQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the key cannot be known nothing is stored."""
    question = asking.ask(COMPUTED)

    def stale(scenario_id: str, seed: int = 0) -> tuple[str, ...]:
        raise ContentError([Problem("proof.json", 1, "", "stale")])

    monkeypatch.setattr(parts.library, "key", stale)
    with pytest.raises(ContentError):
        asking.answer(question, ("timedout",), 1, None, "quiz")
    assert parts.memory.answers() == ()


def test_show_me_runs_the_experiment_now(asking: AnswerQuestion) -> None:
    """One live run: what was seen, the key that follows, whether it agrees, and what held the limits."""
    shown = asking.show_me(asking.ask(COMPUTED))
    assert shown is not None
    assert shown.observed[""] == {"status": "timeout", "billed_ms": 1000}
    assert (shown.key, shown.agrees) == (("timedout",), True)
    assert shown.enforcement["timeout"] == "supervisor"
    assert shown.seconds >= 0


def test_show_me_tells_when_the_run_disagrees(parts: SmallParts, asking: AnswerQuestion) -> None:
    """A host on which another option comes true says so."""
    parts.functions.script = [an_invocation({}, status="error")]
    shown = asking.show_me(asking.ask(COMPUTED))
    assert shown is not None
    assert (shown.key, shown.agrees) == (("exception",), False)


def test_a_fact_has_nothing_to_show(asking: AnswerQuestion) -> None:
    """No run decides a fact."""
    assert asking.show_me(asking.ask(FACT)) is None


def test_what_the_host_lacks_is_passed_on(parts: SmallParts, asking: AnswerQuestion) -> None:
    """The caller shows what this host cannot run."""
    parts.functions.refuses = HostError("no namespaces")
    with pytest.raises(HostError):
        asking.show_me(asking.ask(COMPUTED))


def later(asking: AnswerQuestion, days: int) -> AnswerQuestion:
    now: Callable[[], datetime] = lambda: NOON + timedelta(days=days)  # noqa: E731
    return replace(asking, now=now)


def test_nothing_is_reviewed_before_anything_was_asked(asking: AnswerQuestion) -> None:
    """A newcomer has no review."""
    assert asking.review() == ()


def test_a_due_claim_is_asked_in_the_wording_not_seen_for_longest(asking: AnswerQuestion) -> None:
    """One claim, three questions: the one never asked comes first, then the one asked longest ago."""
    answer: Callable[[str, int], object] = lambda id_, day: later(asking, day).answer(  # noqa: E731
        asking.ask(id_), (), 1, None, "quiz"
    )
    answer(COMPUTED, 0)
    answer(FACT, 1)
    assert later(asking, 9).review() == ("limits/memory-range",)
    answer("limits/memory-range", 10)
    assert later(asking, 20).review() == (COMPUTED,)


def test_a_broken_question_does_not_break_the_review(
    parts: SmallParts, asking: AnswerQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A due claim is asked by another question when one of them cannot be read."""
    asking.answer(asking.ask(COMPUTED), (), 1, None, "quiz")
    whole = parts.library.scenario

    def broken(scenario_id: str, seed: int = 0) -> Scenario:
        if scenario_id == "limits/memory-range":
            raise ContentError([Problem("scenario.yaml", 1, "", "broken")])
        return whole(scenario_id, seed)

    monkeypatch.setattr(parts.library, "scenario", broken)
    assert later(asking, 9).review() == (FACT,)


def test_a_claim_that_no_question_asks_any_more_is_left_out(
    parts: SmallParts, asking: AnswerQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that was taken away leaves no hole in the review."""
    asking.answer(asking.ask(COMPUTED), (), 1, None, "quiz")
    monkeypatch.setattr(parts.library, "scenario_ids", lambda: ())
    assert later(asking, 9).review() == ()


def test_a_review_of_given_claims(asking: AnswerQuestion) -> None:
    """What a plan names is asked, whether it is due or not."""
    assert asking.review(("LIM-005", "NO-001")) == ("limits/memory-range",)
    assert asking.review(()) == ()


def test_a_question_is_a_value(asking: AnswerQuestion) -> None:
    """A question can be kept and answered later; it is not tied to a screen."""
    question = asking.ask(COMPUTED)
    assert question == Question(question.scenario, question.options)
