"""Progress over a small course: the overview, what comes next, and the report."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions, an_invocation
from tests.fakes.parts import NOON, SmallParts
from tutor.errors import UsageError
from tutor.study.scenario import Scenario

LESSON, LAB = "limits/every-limit", "limits/every-limit/outgrows-memory"


@pytest.fixture
def parts(tmp_path: Path) -> SmallParts:
    return SmallParts(tmp_path, FakeFunctions([an_invocation({"rows": 400})]))


def test_a_newcomer_starts_at_the_beginning(parts: SmallParts) -> None:
    """Nothing is done, nothing is due, and Enter starts the first lesson."""
    overview = parts.see_progress.overview()
    assert {marks.whole for marks in overview.marks.values()} == {"not yet"}
    assert (overview.due, overview.answers, overview.right) == ((), 0, 0)
    assert (overview.next_step.verb, overview.next_step.kind, overview.next_step.id) == ("Start", "lesson", LESSON)


def test_the_whole_road(parts: SmallParts) -> None:
    """Lesson, lab, quiz, next lesson: each step that is done leads to the next, until the course is finished."""
    seen = []
    for _ in range(10):
        step = parts.see_progress.overview().next_step
        seen.append((step.kind, step.id))
        if step.kind == "lesson":
            parts.study_lesson.open(step.id)
            parts.study_lesson.finish(step.id)
        elif step.kind == "lab":
            parts.run_lab.open(step.id)
            assert parts.run_lab.run(step.id).grade.passed
        elif step.kind == "quiz":
            for scenario_id in parts.answer_question.quiz(step.id):
                key = parts.library.key(scenario_id)
                parts.answer_question.answer(parts.answer_question.ask(scenario_id), key, 1, None, "quiz")
        else:
            break
    assert seen == [
        ("lesson", LESSON),
        ("lab", LAB),
        ("quiz", LESSON),
        ("lesson", "invocation-types/who-waits"),
        ("finished", ""),
    ]
    later = replace(parts.see_progress, now=lambda: NOON + timedelta(days=99)).overview()
    assert later.due == ("LIM-005",)
    assert (later.next_step.kind, later.answers, later.right) == ("review", 3, 3)


def test_leaving_a_step_leads_to_the_next(parts: SmallParts) -> None:
    """After the lesson's text comes its lab, whatever else is open before."""
    assert parts.see_progress.after("lesson", LESSON).id == LAB
    assert parts.see_progress.after("quiz", LESSON).id == "invocation-types/who-waits"


def test_the_report_has_every_lesson_lab_domain_and_claim(parts: SmallParts) -> None:
    """One item each, with a status and a reason; a domain as soon as a question of it was answered."""
    parts.answer_question.answer(parts.answer_question.ask("limits/timeout-kills"), (), 1, None, "quiz")
    report = replace(parts.see_progress, now=lambda: NOON + timedelta(days=2)).report()
    assert [(item.kind, item.id, item.status) for item in report.items] == [
        ("lesson", LESSON, "begun"),
        ("lesson", "invocation-types/who-waits", "not yet"),
        ("lab", LAB, "not yet"),
        ("domain", "DVA-C03/4", "asked"),
        ("claim", "LIM-005", "due"),
        ("claim", "LIM-002", "not asked yet"),
    ]
    assert all(item.why for item in report.items)


def test_a_question_that_is_gone_counts_for_no_domain(parts: SmallParts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers to a question that was taken away are kept and shown, but belong to no domain any more."""
    parts.answer_question.answer(parts.answer_question.ask("limits/timeout-kills"), (), 1, None, "quiz")

    def gone(scenario_id: str, seed: int = 0) -> Scenario:
        raise UsageError(f"There is no question {scenario_id}.")

    monkeypatch.setattr(parts.library, "scenario", gone)
    report = parts.see_progress.report()
    assert not [item for item in report.items if item.kind == "domain"]
    assert report.overview.answers == 1
