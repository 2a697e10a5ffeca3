"""``tutor plan``: setting an exam, its date and a cap, and what is refused."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, ListMemory, SmallLibrary, SmallParts
from tests.store.events import an_answer
from tutor.cli import main
from tutor.usecases.plan_reviews import PlanReviews

AHEAD = (NOON.date() + timedelta(days=30)).isoformat()


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanReviews:
    """A small course in which one question was answered."""
    small = SmallParts(tmp_path, FakeFunctions())
    asking = small.answer_question
    asking.answer(asking.ask("limits/timeout-kills"), ("timedout",), 1, None, "quiz")
    made = PlanReviews(small.library, small.memory, lambda: NOON)
    monkeypatch.setattr("tutor.wiring.Tutor.plan_reviews", made)
    monkeypatch.setattr("tutor.wiring.Tutor.see_progress", small.see_progress)
    return made


def test_a_plan_is_kept_and_shown(plans: PlanReviews, capsys: pytest.CaptureFixture[str]) -> None:
    """What was set is told again without arguments, with readiness as an interval."""
    assert main(["plan", "--exam", "DVA-C03", "--date", AHEAD, "--cap", "20"]) == 0
    capsys.readouterr()
    assert main(["plan"]) == 0
    out, err = capsys.readouterr()
    assert f"DVA-C03 in 30 days, on {AHEAD}." in out
    assert "At most 20 reviews a day." in out
    assert "not ready yet" in out
    assert "0.90 or better" in out
    assert err == ""


def test_json_has_the_exam_and_every_day(plans: PlanReviews, capsys: pytest.CaptureFixture[str]) -> None:
    """One object for the exam, one for each day; each with id, status and why."""
    assert main(["plan", "--date", AHEAD, "--json"]) == 0
    items = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all("id" in item and item["status"] and item["why"] for item in items)
    assert (items[0]["id"], items[0]["days"], items[0]["status"]) == ("DVA-C03", 30, "held")
    assert len(items) == 31
    assert date.fromisoformat(items[1]["id"]) == NOON.astimezone().date()


def test_progress_tells_readiness_and_the_days_left(plans: PlanReviews, capsys: pytest.CaptureFixture[str]) -> None:
    """``tutor progress`` has both, as text and as JSON."""
    plans.set_target("DVA-C03", AHEAD)
    assert main(["progress"]) == 0
    assert "DVA-C03 in 30 days. Probability of passing the Lambda part of DVA-C03 today: " in capsys.readouterr().out
    assert main(["progress", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["kind"], first["status"], first["days"]) == ("exam", "not ready yet", 30)
    assert 0 <= first["low"] <= first["probability"] <= first["high"] <= 1


def test_the_first_line_of_home(plans: PlanReviews) -> None:
    """Due, readiness and days stand in one line."""
    plans.set_target("DVA-C03", AHEAD)
    line = plans.outlook().line
    assert line.startswith("0 due · ready ")
    assert line.endswith(" % · DVA-C03 in 30 days")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--exam", "DVA-C3", "--date", AHEAD], "did you mean 'DVA-C03'"),
        (["--exam", "DVA-C03"], "needs its date"),
        (["--date", "20.12.2026"], "is no date"),
        (["--date", "2026-02-30"], "is no date"),
        (["--date", "2026-11-01"], "is over"),
        (["--date", "2036-11-01"], "at most"),
        (["--cap", "0"], "cannot be"),
        (["--clear", "--cap", "1"], "goes alone"),
    ],
)
def test_what_cannot_be_is_refused(
    plans: PlanReviews, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """A wrong exam, date or cap is a sentence and exit code 2, and nothing is kept."""
    before = plans.memory.acts()
    assert main(["plan", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert plans.memory.acts() == before


def test_a_plan_can_be_cleared(plans: PlanReviews, capsys: pytest.CaptureFixture[str]) -> None:
    """After ``--clear`` there is neither an exam nor a cap."""
    main(["plan", "--date", AHEAD, "--cap", "3"])
    assert main(["plan", "--clear"]) == 0
    assert "No exam is planned" in capsys.readouterr().out
    assert plans.target().cap is None


def test_today_is_the_plans_first_day(plans: PlanReviews) -> None:
    """With a plan today has its claims, up to the cap; without one what is due."""
    later = replace(plans, now=lambda: NOON + timedelta(days=9))
    assert plans.today() == ()
    assert later.today() == ("LIM-005",)
    plans.set_target("DVA-C03", AHEAD)
    plans.set_cap(1)
    planned = later.plan().schedule
    assert planned is not None
    assert later.today() == planned.days[0] == ("LIM-005",)
    assert all(len(claims) <= 1 for claims in planned.days)


def test_what_was_reviewed_today_leaves_less_of_the_cap(plans: PlanReviews, tmp_path: Path) -> None:
    """The cap is of a day, not of a sitting down: what was reviewed takes of it, what was crammed does not."""
    plans.set_target("DVA-C03", AHEAD)
    plans.set_cap(1)
    later = replace(plans, now=lambda: NOON + timedelta(days=9))
    (claim,) = later.today()
    asking = replace(SmallParts(tmp_path, FakeFunctions()).answer_question, memory=plans.memory, now=later.now)
    asking.answer(asking.ask("limits/two-of-four"), (), 1, None, "cram")
    assert (later.today(), later.done_today()) == ((claim,), 0)
    asking.answer(asking.ask("limits/two-of-four"), (), 1, None, "review")
    assert (later.today(), later.done_today()) == ((), 1)
    tomorrow = replace(plans, now=lambda: NOON + timedelta(days=10))
    assert tomorrow.today() == (claim,)
    assert later.outlook().line.startswith("0 due")


def test_cramming_offers_questions(plans: PlanReviews) -> None:
    """Questions of the least remembered claims, each once."""
    chosen = plans.cram(3)
    assert chosen
    assert len(set(chosen)) == len(chosen) <= 3


def test_the_next_cramming_goes_on_where_the_last_one_ended(
    plans: PlanReviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was crammed and right waits for a day, what was wrong does not; a claim comes in the wording not seen."""
    asked = (("limits/a", "A"), ("limits/b", "A"), ("limits/c", "B"), ("vpc/d", "D"))
    memory, entry = ListMemory(), plans.library.bank()[0]
    bank = tuple(replace(entry, id=one, topic=one.split("/")[0], claims=(claim,)) for one, claim in asked)
    monkeypatch.setattr(SmallLibrary, "bank", lambda _: bank)
    plans = replace(plans, memory=memory)
    assert plans.cram(9) == ("limits/a", "vpc/d", "limits/c")
    memory.add_answer(replace(an_answer(0, "limits/a"), mode="cram", claims=("A",), answered_at=NOON))
    memory.add_answer(replace(an_answer(0, "vpc/d"), mode="cram", claims=("D",), answered_at=NOON, chosen=()))
    assert plans.cram(2) == ("vpc/d", "limits/c")
    assert "limits/b" in plans.cram(3)
    tomorrow = replace(plans, now=lambda: NOON + timedelta(days=2))
    assert tomorrow.cram(1) == ("limits/b",)
