"""The plan of reviews on the screen: set, seen, followed by v; and cramming, which moves nothing of it."""

from datetime import timedelta
from pathlib import Path

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, SmallParts
from tests.tui.walk import Walk, play, walking
from tutor.study.review import cards

AHEAD = (NOON.date() + timedelta(days=30)).isoformat()


async def write(walk: Walk, text: str) -> None:
    """Put a text into the line that asks for one, and keep it."""
    await walk.press("end", "ctrl+u")
    await walk.write(text)
    await walk.press("enter")


async def test_an_exam_and_a_cap_are_set_here(tmp_path: Path) -> None:
    """Promise: d and m set them, a day that cannot be is a sentence, and the days stand there with their counts."""
    async with walking(tmp_path) as walk:
        await walk.press("x", "d")
        assert walk.screen == "PlanScreen"
        assert "No exam is planned" in walk.words
        await walk.press("d")
        await write(walk, "DVA-C03 tomorrow")
        assert "is no date" in walk.words
        await walk.press("d", "enter")
        assert "The day is missing: write it after the exam, such as DVA-C03 2026-12-20." in walk.words
        await walk.press("d")
        await write(walk, f"DVA-C03 {AHEAD}")
        assert f"DVA-C03 in 30 days, on {AHEAD}" in walk.words
        assert "The claim reaches a recall of 0.90" in walk.words
        await walk.press("m")
        await write(walk, "7")
        assert "at most 7 a day" in walk.words
        await walk.press("m")
        await write(walk, "many")
        assert "cannot be" in walk.words
        assert walk.parts.plan_reviews.target().cap == 7
        await walk.press("m")
        await write(walk, "")
        await walk.press("d")
        await write(walk, "")
        assert "no daily cap" in walk.words
        assert walk.parts.plan_reviews.target().date is None


async def test_v_follows_the_plan(tmp_path: Path) -> None:
    """Promise: what the plan has for today is asked, though nothing is due; afterwards nothing is left for today."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    async with walking(tmp_path, parts=parts) as walk:
        await walk.press("v")
        assert "Nothing is due for review now" in walk.words
    parts.plan_reviews.set_target("DVA-C03", AHEAD)
    async with walking(tmp_path, parts=parts) as walk:
        assert "1 due" in walk.words
        assert "in 30 days" in walk.words
        await walk.press("v")
        assert "Question 1 of 1 · Limits · review" in walk.words
        await walk.press("1", "2", "enter", "enter")
        assert walk.screen == "ResultScreen"
        await walk.press("escape")
        assert "nothing due" in walk.words
        await walk.press("v")
        assert "Nothing is due for review now" in walk.words


async def test_a_cap_that_is_too_small_is_said_before_the_first_question(tmp_path: Path) -> None:
    """Promise: where 0.90 cannot be reached the review says so, and what cap would do."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    parts.plan_reviews.set_target("DVA-C03", (NOON.date() + timedelta(days=1)).isoformat())
    plan = parts.plan_reviews.plan()
    assert plan.schedule is not None
    told = "1 of 1 claims will be below 0.90"
    async with walking(tmp_path, parts=parts) as walk:
        await walk.press("v")
        assert (told in walk.words) is bool(plan.schedule.short)


async def test_cramming_moves_no_review(tmp_path: Path) -> None:
    """Promise: k asks at once, its answers are kept as crammed, and no card has moved."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    async with walking(tmp_path, parts=parts) as walk:
        await walk.press("x", "k")
        assert "cram" in walk.words
        assert "Nothing of this moves a review" in walk.words
        await walk.press("1", "2", "enter", "enter")
        assert "Result · cram" in walk.words
        await walk.press("a", "1", "2", "enter")
    assert {answer.mode for answer in parts.memory.answers()} == {"cram"}
    assert cards(parts.memory.answers(), ()) == {}


async def test_the_plan_and_the_room_work_at_60_columns(tmp_path: Path) -> None:
    """Promise: at 60x20 the aim, the day's number and the keys are there."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    parts.plan_reviews.set_target("DVA-C03", AHEAD)
    async with walking(tmp_path, 60, 20, parts) as walk:
        await walk.press("x", "d")
        assert "Today: 1 claim" in walk.words
        assert "Enter review today" in walk.words
        await walk.press("escape", "c", *["down"] * 4)
        assert "▸ claims any" in walk.words
        await walk.press("space")
        await write(walk, "lim-005")
        assert "▸ claims LIM-005" in walk.words
        await walk.press("enter")
        assert "LIM-005 · practice" in walk.words
