"""Trying a question out: run it, change a setting, run it again; and back to what it was."""

from pathlib import Path

from tests.fakes.functions import Call, FakeFunctions, a_timeout, an_invocation
from tests.fakes.parts import SmallParts
from tests.tui.exam import begin, right
from tests.tui.walk import Walk, open_part, walking
from tutor.awslambda.invocation import Invocation
from tutor.tui.dialogs.change_settings import ChangeSettingsDialog, stepped
from tutor.usecases.setting import Setting


def sleeps_two_seconds(call: Call) -> Invocation:
    """A handler that needs two seconds."""
    if call.configuration.timeout < 2:
        return a_timeout(call.configuration.timeout)
    return an_invocation({"slept": 2}, duration_ms=2000.0, memory_size_mb=call.configuration.memory_size)


async def answered(walk: Walk) -> None:
    """The first question of the first lesson, answered."""
    await open_part(walk, 2)
    await walk.press("1", "enter")


async def test_a_changed_setting_shows_what_then_happens(tmp_path: Path) -> None:
    """Promise: c finds the settings by running it, a longer timeout answers, beside what was recorded."""
    parts = SmallParts(tmp_path, FakeFunctions(sleeps_two_seconds))
    async with walking(tmp_path, 80, 48, parts) as walk:
        await answered(walk)
        await walk.press("c")
        assert walk.screen == "ChangeSettingsDialog"
        assert "function: timeout 1 s" in walk.words
        assert "1 to 900 s" in walk.words
        await walk.press("1", "0")
        assert "1 s → 10 s" in walk.words
        await walk.press("enter")
        assert walk.screen == "QuestionScreen"
        assert "run again with function: timeout 10 s (was 1 s)" in walk.words
        assert "✓ answered" in walk.words
        assert "status timeout → nothing" in walk.words
        assert "billed ms 1,000 → 2,000" in walk.words
        assert len(parts.memory.answers()) == 1


async def test_several_changes_in_a_row_stay_on_the_page(tmp_path: Path) -> None:
    """Promise: each run is told below the one before; a new run of the question as it is begins anew."""
    parts = SmallParts(tmp_path, FakeFunctions(sleeps_two_seconds))
    async with walking(tmp_path, 80, 100, parts) as walk:
        await answered(walk)
        await walk.press("s", "c", "right", "enter", "c", "down", "right", "enter")
        assert "function: timeout 2 s (was 1 s)" in walk.words
        assert "function: memory size 256 MB (was 128 MB)" in walk.words
        await walk.press("s")
        assert "run again with" not in walk.words


async def test_a_timeout_that_nobody_wants_to_wait_for_is_refused(tmp_path: Path) -> None:
    """Promise: time passes as on AWS, and so a run of minutes is not begun; the sentence says why."""
    parts = SmallParts(tmp_path, FakeFunctions(sleeps_two_seconds))
    async with walking(tmp_path, 80, 48, parts) as walk:
        await answered(walk)
        await walk.press("c", "9", "0", "0", "enter")
        assert "at most 60 s" in walk.words
        await walk.press("c", "escape", "s")
        assert "agrees with the recorded key" in walk.words


async def test_practice_runs_it_too_and_an_exam_does_not(tmp_path: Path) -> None:
    """Promise: in practice after the answer; in an exam neither s nor c does anything before the end."""
    parts = SmallParts(tmp_path, FakeFunctions(sleeps_two_seconds))
    async with walking(tmp_path, 80, 48, parts) as walk:
        page = await begin(walk, "Lambda only", practice=True)
        while page.question is None or page.question.scenario.experiment is None:
            await walk.press("n")
        await walk.press("c")
        assert walk.screen == "SittingScreen"
        await walk.press(*right(walk), "enter", "c", "right", "enter")
        assert "run again with function: timeout 2 s" in walk.words
        await walk.press("escape")
    async with walking(tmp_path, 80, 48) as walk:
        await begin(walk, "Lambda only")
        await walk.press("1", "s", "c")
        assert walk.screen == "SittingScreen"
        assert "recorded" not in walk.words


def test_steps_stay_within_what_aws_allows() -> None:
    """Promise: twice or half, a tenth of a share, the other state of a switch; never past the bounds."""
    memory = Setting("function", "memory size", 128, "MB", 128, 10240)
    assert (stepped(memory, 128, 1), stepped(memory, 128, -1), stepped(memory, 10000, 1)) == (256, 128, 10240)
    reserved = Setting("function", "reserved concurrency", 0)
    assert (stepped(reserved, 0, 1), stepped(reserved, 1, -1), stepped(reserved, 0, -1)) == (1, 0, 0)
    weight = Setting("alias", "weight", 0.1)
    assert (stepped(weight, 0.1, 1), stepped(weight, 0.1, -1), stepped(weight, 1.0, 1)) == (0.2, 0.0, 1.0)
    assert stepped(Setting("m", "bisect", False), False, 1) is True


async def test_whose_situation_it_is_can_be_chosen(tmp_path: Path) -> None:
    """Promise: where each option is tried, the first row says whose settings they are; a change that it lacks goes."""
    one = Setting("function", "timeout", 3, "s", 1, 900)
    both = Setting("function", "memory size", 128, "MB", 128, 10240)
    async with walking(tmp_path) as walk:
        found: list[object] = []
        dialog = ChangeSettingsDialog({"a": (one, both), "b": (both,)}, {"a": "2", "b": "1"}, "a")
        walk.app.push_screen(dialog, found.append)
        await walk.settle()
        assert "the situation of option ‹ 2 ›" in walk.words
        await walk.press("right", "down", "right", "up", "up", "right", "enter")
        assert found == [("b", {both: 256})]
