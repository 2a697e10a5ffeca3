"""Home: the titles first, then the marks; the next step under Enter."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, ListMemory, SmallParts
from tests.tui.walk import open_part, play, walking
from tutor.errors import ContentError, Problem, StoreError
from tutor.study.answer import Answer
from tutor.tui.app import TutorApp


class SlowMemory(ListMemory):
    """Answers only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def answers(self) -> tuple[Answer, ...]:
        self.may.wait(30)
        return ()


def small(root: Path, memory: ListMemory) -> SmallParts:
    return SmallParts(root, FakeFunctions(play), memory=memory)


async def test_titles_are_painted_before_the_marks_are_read(tmp_path: Path) -> None:
    """Promise: the course map's titles wait for no database; the marks come later by themselves."""
    memory = SlowMemory()
    app = TutorApp(small(tmp_path, memory))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        early = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "Invocation types" in early
        assert "○" not in early
        memory.may.set()
        while app.background.busy:
            await pilot.pause(0.01)
        await pilot.pause()
        assert "○ 2" in "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_enter_does_the_next_step(tmp_path: Path) -> None:
    """Promise: the next step is named on the first line and done by Enter."""
    async with walking(tmp_path) as walk:
        assert "▸ Start: lesson 1.1 Every limit, and who enforces it" in walk.words
        await walk.press("enter")
        assert walk.screen == "LessonScreen"


async def test_any_part_can_be_opened_by_the_arrows(tmp_path: Path) -> None:
    """Promise: nobody is held to the order: the arrows and Tab reach every part."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        assert walk.screen == "LabScreen"


async def test_what_was_done_shows_at_home(tmp_path: Path) -> None:
    """Promise: back at home the marks are those of now."""
    async with walking(tmp_path) as walk:
        await walk.press("enter", "enter", "escape")
        assert walk.screen == "HomeScreen"
        assert "● lesson" in walk.words
        assert "◐ 1 Limits" in walk.words


async def test_back_at_home_the_next_step_is_under_enter(tmp_path: Path) -> None:
    """Promise: whoever wandered through the map and comes back goes on with Enter."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("escape")
        assert "▸ Start" in walk.words


async def test_review_without_anything_due_says_so(tmp_path: Path) -> None:
    """Promise: v on a day with nothing due opens nothing."""
    async with walking(tmp_path) as walk:
        await walk.press("v")
        assert walk.screen == "HomeScreen"
        assert "Nothing is due for review now." in walk.text


async def test_a_database_that_cannot_be_used_ends_the_app_with_its_code(tmp_path: Path) -> None:
    """Promise: a database from a newer version is a sentence and exit code 2, not a course without marks."""
    memory = ListMemory(refuses=StoreError("The database is from a newer version."))
    app = TutorApp(small(tmp_path, memory))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(1000):
            if app.ended_by is not None:
                break
            await pilot.pause(0.01)
    assert app.return_code == 2
    assert str(app.ended_by) == "The database is from a newer version."


async def test_broken_content_is_told_and_the_rest_stays_usable(tmp_path: Path) -> None:
    """Promise: what an author broke is one sentence on the screen; the titles stay."""
    memory = ListMemory(refuses=ContentError([Problem("lessons/course.yaml", 3, "units", "is no list")]))
    async with walking(tmp_path, parts=small(tmp_path, memory)) as walk:
        assert "lessons/course.yaml:3" in walk.text
        assert "Invocation types" in walk.text


async def test_at_160_columns_what_is_due_stands_beside_the_map(tmp_path: Path) -> None:
    """Promise: wide means more at once."""
    async with walking(tmp_path, 160, 48) as walk:
        assert "DUE FOR REVIEW" in walk.text
    async with walking(tmp_path) as walk:
        assert "DUE FOR REVIEW" not in walk.text


async def test_a_home_that_cannot_be_written_ends_the_app_before_anything_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: where nothing could be saved the app says so at once, with exit code 2."""
    file = tmp_path / "a file"
    file.touch()
    monkeypatch.setenv("TUTOR_HOME", str(file / "home"))
    app = TutorApp(small(tmp_path, ListMemory()))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(1000):
            if app.ended_by is not None:
                break
            await pilot.pause(0.01)
    assert app.return_code == 2
    assert "Nothing can be saved in" in str(app.ended_by)


async def test_the_first_line_tells_readiness_and_the_exams_day(tmp_path: Path) -> None:
    """Promise: with answers and a date the top line has the interval and the days left; without both it has neither."""
    parts = small(tmp_path, ListMemory())
    async with walking(tmp_path, parts=parts) as walk:
        assert "ready" not in walk.text.splitlines()[0]
    asking = parts.answer_question
    asking.answer(asking.ask("limits/timeout-kills"), ("timedout",), 1, None, "quiz")
    parts.plan_reviews.set_target("DVA-C03", (NOON + timedelta(days=24)).date().isoformat())
    async with walking(tmp_path, parts=parts) as walk:
        await walk.until(lambda: "% · DVA-C03 in 24 days" in walk.words)
        assert "nothing due · ready" in walk.text
