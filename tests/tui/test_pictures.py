"""Pictures of a few calm screens, compared cell by cell; ``--snapshot-update`` takes new ones."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import SmallParts
from tests.fakes.region import a_full_region
from tests.tui.exam import begin
from tests.tui.walk import Walk, open_part, play
from tutor.tui.app import TutorApp
from tutor.tui.screens.claim import ClaimScreen

NARROW, WIDE = (80, 24), (160, 48)


async def home(walk: Walk) -> None:
    """Nothing more than the start; where there is room, with what the unit teaches."""
    if walk.app.size.width >= WIDE[0]:
        await walk.until(lambda: "LIM-005 A function" in walk.words)


async def lesson(walk: Walk) -> None:
    """The first lesson."""
    await walk.press("enter")


async def passed(walk: Walk) -> None:
    """A lab after its first run, not watched any more: how it is watched depends on the host."""
    await open_part(walk, 1)
    await walk.press("r")
    await walk.until(lambda: "watching: " in walk.text)
    await walk.press("w")


async def result(walk: Walk) -> None:
    """Three questions skipped."""
    await open_part(walk, 2)
    await walk.press("n", "n", "n")


async def region(walk: Walk) -> None:
    """The region after an invocation, its clock paused; where there is room, all of its panes."""
    walk.parts.see_region = a_full_region()
    await walk.press("g")
    await walk.until(lambda: "▸ ● orders" in walk.words)
    await walk.press("space", "r")
    await walk.until(lambda: "✓ answered" in walk.words and "clock paused" in walk.words)
    if walk.app.size.width >= WIDE[0]:
        await walk.until(lambda: "Invocations 1" in walk.words)


async def claim(walk: Walk) -> None:
    """A proven claim."""
    walk.app.push_screen(ClaimScreen("LIM-005"))


async def exam_room(walk: Walk) -> None:
    """The papers, and what the bank lacks for the first."""
    await walk.press("x")


async def exam(walk: Walk) -> None:
    """The first question of a paper, answered, sure and flagged; no time limit, so that nothing moves."""
    await begin(walk, "Unit 1", practice=True)
    await walk.press("1", "k", "f")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("way", [home, lesson, passed, result, claim, region, exam_room, exam])
def test_the_screen_looks_as_before(
    tmp_path: Path, snap_compare: Any, way: Callable[[Walk], Awaitable[None]], size: tuple[int, int]
) -> None:
    """Promise: how a screen looks changes only when somebody means it to."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    app = TutorApp(parts)

    async def go(pilot: Pilot[None]) -> None:
        walk = Walk(app, parts, pilot)
        await walk.settle()
        await way(walk)
        await walk.settle()
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=size, run_before=go)
