"""A lesson: read, run, go on."""

from dataclasses import replace
from pathlib import Path

from tests.tui.walk import walking
from tutor.errors import ContentError, HostError, Problem


async def test_r_runs_the_example_and_shows_strip_and_log(tmp_path: Path) -> None:
    """Promise: after r the run is seen: the strip with INIT and INVOKE, memory, what is billed, and the log."""
    async with walking(tmp_path) as walk:
        await walk.press("enter", "r")
        assert "INIT 96 ms" in walk.text
        assert "▒┃█" in walk.text
        assert "of 128 MB ·run" in walk.text
        assert "REPORT RequestId" in walk.text
        assert '{"hello": "Ada"}' in walk.text


async def test_enter_marks_the_text_as_read_and_opens_the_lab(tmp_path: Path) -> None:
    """Promise: Enter alone leads from the lesson to its lab, and the lesson counts as read."""
    async with walking(tmp_path) as walk:
        await walk.press("enter", "enter")
        assert walk.screen == "LabScreen"
        assert [act.item for act in walk.parts.memory.acts() if act.what == "lesson read"] == ["limits/every-limit"]


async def test_tab_walks_through_the_panes(tmp_path: Path) -> None:
    """Promise: at 80 columns the panes are tabs; each comes to the front and goes again."""
    async with walking(tmp_path) as walk:
        await walk.press("enter")
        assert "one page more" in walk.text
        await walk.press("tab")
        assert "def lambda_handler" in walk.text
        assert "one page more" not in walk.text
        await walk.press("tab", "tab")
        assert "one page more" in walk.text


async def test_at_160_columns_all_panes_are_seen(tmp_path: Path) -> None:
    """Promise: text, code and run stand beside each other where there is room."""
    async with walking(tmp_path, 160, 48) as walk:
        await walk.press("enter", "r")
        assert "one page more" in walk.text
        assert "def lambda_handler" in walk.text
        assert "INIT 96 ms" in walk.text


async def test_a_host_that_cannot_run_is_a_sentence(tmp_path: Path) -> None:
    """Promise: what the host lacks is told in the screen, with its cure; the lesson stays."""
    async with walking(tmp_path) as walk:
        walk.parts.functions.refuses = HostError("This host has no user namespaces.", "Enable them.")
        await walk.press("enter", "r")
        assert "This host has no user namespaces. Enable them." in walk.words
        assert "It did not run." in walk.text


async def test_o_opens_one_of_several_claims_and_escape_comes_back(tmp_path: Path) -> None:
    """Promise: claims are chosen by arrow and Enter, and Esc is back in the lesson."""
    async with walking(tmp_path) as walk:
        await walk.press("enter", "o", "down", "enter")
        assert walk.screen == "ClaimScreen"
        assert "claim LIM-005" in walk.text
        await walk.press("escape")
        assert walk.screen == "LessonScreen"


async def test_enter_reads_to_the_end_before_it_goes_on(tmp_path: Path) -> None:
    """Promise: a text longer than the screen is not counted as read by a single Enter."""
    async with walking(tmp_path, 60, 20) as walk:
        lesson = walk.parts.library.lesson("limits/every-limit")
        long = replace(lesson, text=lesson.text + "\n\n".join(f"Paragraph {n}." for n in range(20)))
        walk.parts.library.replace_lesson(long)
        await walk.press("enter")
        assert "Enter read on" in walk.text
        await walk.press("enter")
        assert walk.screen == "LessonScreen"
        for _ in range(10):
            if "Enter go on" in walk.text:
                break
            await walk.press("enter")
        assert "Paragraph 19." in walk.text
        await walk.press("enter")
        assert walk.screen == "LabScreen"


async def test_a_lesson_that_cannot_be_read_holds_nobody_up(tmp_path: Path) -> None:
    """Promise: a broken lesson is told with its file and line; Enter goes on, and it is not counted as read."""
    async with walking(tmp_path) as walk:
        walk.parts.library.break_lesson(
            "limits/every-limit", ContentError([Problem("lesson.md", 3, "title", "is missing")])
        )
        await walk.press("enter")
        assert "lesson.md:3" in walk.text
        await walk.press("enter")
        assert not [act for act in walk.parts.memory.acts() if act.what == "lesson read"]
