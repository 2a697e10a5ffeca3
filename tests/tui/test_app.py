"""What holds on every screen: help, the palette, room, faults, and a quick start."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.walk import Walk, open_part, walking
from tutor import locations
from tutor.errors import UsageError
from tutor.tui.app import run_app
from tutor.tui.screens.page import Page


async def on_screen(walk: Walk, screen: str) -> None:
    """Open a screen from home."""
    keys = {"home": (), "lesson": ("enter",), "lab": ("enter", "enter"), "claim": ("enter", "o", "enter")}
    if screen == "exam room":
        await walk.press("x")
    elif screen in keys:
        await walk.press(*keys[screen])
    else:
        await open_part(walk, 2)
        await walk.press(*(("n", "n", "n") if screen == "result" else ()))


@pytest.mark.parametrize("screen", ["home", "lesson", "lab", "question", "result", "claim", "exam room"])
async def test_help_names_every_key_of_the_screen(tmp_path: Path, screen: str) -> None:
    """Promise: ? lists all keys that work here, and Esc is back where one was."""
    async with walking(tmp_path, 100, 48) as walk:
        await on_screen(walk, screen)
        page = walk.app.screen
        assert isinstance(page, Page)
        rows = page.named_actions()
        await walk.press("question_mark")
        for keys, word, told, _ in rows:
            assert f"{keys} {word} {told}".strip() in walk.words
        assert f"{screen.capitalize()} · all keys" in walk.text
        assert "Ctrl+P" in walk.text
        await walk.press("escape")
        assert walk.app.screen is page


async def test_the_palette_has_every_action_by_name(tmp_path: Path) -> None:
    """Promise: Ctrl+P finds what a key does, by its word."""
    async with walking(tmp_path) as walk:
        await walk.press("enter", "enter")
        names = [command.title for command in walk.app.get_system_commands(walk.app.screen)]
        for word in ("run  (r F5)", "hint", "watch", "solution  (S)", "reset  (z)", "lesson  (l)", "Leave"):
            assert any(word in name for name in names), word
        await walk.press("ctrl+p")
        await walk.write("solution")
        await walk.pilot.pause(0.5)
        await walk.press("enter")
        assert "See the solution?" in walk.text


async def test_colours_are_found_by_any_of_their_words(tmp_path: Path) -> None:
    """Promise: who looks for a light theme in Ctrl+P finds where it is chosen."""
    async with walking(tmp_path) as walk:
        names = [command.title.casefold() for command in walk.app.get_system_commands(walk.app.screen)]
        for word in ("colours", "theme", "light", "dark"):
            assert any(word in name for name in names), word


async def test_too_little_room_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """Promise: at 20x5 the app says so and waits; with room again everything is where it was."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("enter", "#")
        await walk.pilot.resize_terminal(20, 5)
        await walk.settle()
        assert "needs 60x20" in walk.words
        assert "20x5" in walk.words
        await walk.pilot.resize_terminal(80, 24)
        await walk.settle()
        assert walk.screen == "LabScreen"
        assert "#def lambda_handler" in walk.text
        await walk.press("#")
        assert "##def" in walk.text


async def test_it_can_begin_in_too_little_room(tmp_path: Path) -> None:
    """Promise: a start in 20x5 is no crash either."""
    async with walking(tmp_path, 20, 5) as walk:
        assert "needs 60x20" in walk.words
        await walk.pilot.resize_terminal(60, 20)
        await walk.settle()
        assert "▸ Start" in walk.text


@pytest.mark.parametrize("screen", ["home", "lesson", "lab", "question", "result", "claim"])
async def test_every_screen_is_usable_at_60x20(tmp_path: Path, screen: str) -> None:
    """Promise: the first and the last line stand, and nothing is drawn beyond the edge."""
    async with walking(tmp_path, 60, 20) as walk:
        await on_screen(walk, screen)
        lines = walk.text.splitlines()
        assert len(lines) == 20
        assert all(len(line) <= 60 for line in lines)
        assert "? help" in lines[-1]
        assert lines[0].strip()


async def test_an_unforeseen_fault_in_a_worker_is_told_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: a fault of ours never ends the app; the screen names the log, and the log has the story."""
    async with walking(tmp_path) as walk:

        def fall(lesson_id: str) -> None:
            raise ZeroDivisionError(lesson_id)

        monkeypatch.setattr(walk.parts.library, "lesson", fall)
        await walk.press("enter")
        log = locations.logs() / "tutor.log"
        assert "A fault of this program" in walk.words
        assert "tutor.log" in "".join(walk.text.split())
        assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_without_a_terminal_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: no terminal is a sentence, never a screen full of codes in a file."""
    with (tmp_path / "out").open("w") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        with pytest.raises(UsageError, match="needs a terminal"):
            run_app(None)  # type: ignore[arg-type]


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    """Promise: the app's start pays for no database, template, Markdown or editor."""
    code = (
        "import sys, tutor.tui.app; heavy = {'sqlalchemy', 'jinja2', 'fsrs', 'ruamel', 'markdown_it', 'pygments', "
        "'textual.widgets._markdown', 'textual.widgets._text_area', 'watchfiles'}; print(*heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
