"""A lab: write, run, see the reasons, go on; and everything that helps."""

from pathlib import Path

import pytest

from tests.fakes.course import SOLUTION, STARTER
from tests.tui.walk import Walk, open_part, walking

LAB = "limits/every-limit/outgrows-memory"


def copy_of(walk: Walk) -> Path:
    """The learner's file."""
    return walk.parts.run_lab.open(LAB).folder / "lambda_function.py"


async def test_whoever_only_presses_enter_and_types_passes_the_lab(tmp_path: Path) -> None:
    """Promise: Enter writes, runs and goes on, in this order; the pass is stored."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        assert "Enter write" in walk.text
        await walk.press("enter", "down", "end", *["backspace"] * 2)
        await walk.write('event["rows"]}')
        await walk.press("escape")
        assert "Enter run" in walk.text
        await walk.press("enter")
        assert "✓ passed" in walk.text
        assert [attempt.passed for attempt in walk.parts.memory.kept_attempts] == [True]
        assert "Enter go on" in walk.text
        await walk.press("enter")
        assert walk.screen == "QuestionScreen"


async def test_every_verdict_has_its_reason_and_the_run_its_strip(tmp_path: Path) -> None:
    """Promise: after a run: sign and reason for each demand, the strip, memory, cost and the log."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("r")
        assert "✗ 1 of 2 hold" in walk.text
        assert '✗ answers {"rows": 400}' in walk.text
        assert "it answered {'rows': 0}" in walk.text
        assert "✓ never holds more than 100 MB" in walk.text
        assert "INIT 96 ms" in walk.text
        assert "INVOKE 412 ms" in walk.text
        assert "40 of 128 MB ·run" in walk.text
        assert "billed 508 ms · $0.0000012583 ·run" in walk.text
        assert "│ START RequestId" in walk.text


async def test_c_compares_with_the_run_before(tmp_path: Path) -> None:
    """Promise: one key shows what changed since the run before; there is no such key until there are two runs."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("r")
        assert "c compare" not in walk.text
        await walk.press("r")
        assert "changed" not in walk.text
        await walk.press("c")
        assert "changed nothing that was measured" in walk.text
        await walk.press("c")
        assert "changed" not in walk.text


async def test_the_editor_saves_on_escape_and_says_so(tmp_path: Path) -> None:
    """Promise: what is typed is marked as typing until it is in the file, and Esc puts it there."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("enter", "#")
        assert "lambda_function.py · typing" in walk.text
        assert copy_of(walk).read_text(encoding="utf-8") == STARTER
        await walk.press("escape")
        assert "lambda_function.py · saved" in walk.text
        assert copy_of(walk).read_text(encoding="utf-8") == f"#{STARTER}"


async def test_what_was_typed_survives_leaving_without_escape(tmp_path: Path) -> None:
    """Promise: leaving the whole program from inside the editor loses nothing."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("enter", "#")
        file = copy_of(walk)
        walk.app.exit()
    assert file.read_text(encoding="utf-8") == f"#{STARTER}"


async def test_a_saved_change_from_elsewhere_runs_again(tmp_path: Path) -> None:
    """Promise: after the first run the files are watched: saving in another editor is enough."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("r")
        await walk.until(lambda: "watching: " in walk.text)
        copy_of(walk).write_text(SOLUTION, encoding="utf-8")
        await walk.until(lambda: "✓ passed" in walk.text)
        assert "run 2" in walk.text
        assert len(walk.parts.memory.kept_attempts) == 2


async def test_w_stops_the_watching(tmp_path: Path) -> None:
    """Promise: who does not want it turns it off, and the key line says so."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("r")
        await walk.until(lambda: "watching: " in walk.text)
        await walk.press("w")
        assert "watching: " not in walk.text


async def test_hints_come_one_at_a_time(tmp_path: Path) -> None:
    """Promise: h shows the first hint, h in it one more, and the count is remembered."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("h")
        assert "The event holds the number." in walk.text
        assert "Return" not in walk.text
        await walk.press("escape", "h")
        assert "Return" not in walk.text
        await walk.press("h")
        assert "Return" in walk.text
        await walk.press("escape")
        assert "h hint (2 of 2)" in walk.text


async def test_the_solution_asks_first_and_leaves_a_mark(tmp_path: Path) -> None:
    """Promise: before a pass the solution is shown on request only, and the lab says that it was."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("S")
        assert "solution seen" in walk.text
        await walk.press("escape")
        assert not [act for act in walk.parts.memory.acts() if act.what == "solution shown"]
        await walk.press("S", "y")
        assert 'return {"rows": event["rows"]}' in walk.text
        await walk.press("escape")
        assert "◐ begun · solution seen" in walk.text


async def test_a_reset_can_be_undone(tmp_path: Path) -> None:
    """Promise: z puts the starter back, u brings the learner's copy back."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("enter", "#", "escape", "z", "y")
        assert copy_of(walk).read_text(encoding="utf-8") == STARTER
        assert "#def" not in walk.text
        await walk.press("u")
        assert copy_of(walk).read_text(encoding="utf-8") == f"#{STARTER}"
        assert "#def" in walk.text


async def test_letters_are_text_in_the_editor(tmp_path: Path) -> None:
    """Promise: in the editor letters, Enter and Tab are typed; the key line shows the F keys instead."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        await walk.press("enter", "r", "h", "tab")
        assert walk.screen == "LabScreen"
        assert "rh  def" in walk.text
        assert "F5 run" in walk.text
        assert " r run" not in walk.text
        assert "Enter" not in walk.text.splitlines()[-1]


async def test_a_refused_function_is_told_in_its_own_words(tmp_path: Path) -> None:
    """Promise: what AWS refuses stands above the run, and every demand fails."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        copy_of(walk).unlink()
        await walk.press("r")
        assert "✗ There is no file in" in walk.text
        assert "0 of 2 hold" in walk.text


async def test_an_editor_that_cannot_be_started_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a broken $EDITOR ends in the built-in editor, not in a crash."""
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    async with walking(tmp_path) as walk:
        await open_part(walk, 1)
        assert "e edit in no-such-editor" in walk.text
        await walk.press("e")
        assert "here is the built-in" in walk.words
        assert "1  def lambda_handler" in walk.text


async def test_at_160_columns_task_code_checks_and_run_are_seen_together(tmp_path: Path) -> None:
    """Promise: a wide terminal needs no tabs."""
    async with walking(tmp_path, 160, 48) as walk:
        await open_part(walk, 1)
        await walk.press("r")
        for seen in ("asked for 400 rows", "def lambda_handler", "1 of 2 hold", "INIT 96 ms"):
            assert seen in walk.text
