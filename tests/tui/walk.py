"""Walking through the app as a learner does: press keys, wait until nothing is under way, read the screen."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from textual.pilot import Pilot

from tests.fakes.functions import Call, FakeFunctions, a_failure, a_timeout, an_invocation
from tests.fakes.parts import SmallParts
from tutor.awslambda.invocation import Invocation
from tutor.tui.app import TutorApp

PATIENCE = 30.0
"""Seconds until a wait gives up; only ever reached by what is broken."""


def play(call: Call) -> Invocation:
    """The scripted sandbox: it answers as the code before it would, and times out on an experiment."""
    if not isinstance(call.code, Path):
        return a_timeout()
    code = (call.code / "lambda_function.py").read_text(encoding="utf-8")
    init = 96.0 if call.cold else None
    if "hello" in code:
        return an_invocation({"hello": call.event["name"]}, init_duration_ms=init)
    if "boom" in code:
        return a_failure(init_duration_ms=init)
    rows = 400 if 'event["rows"]' in code else 0
    return an_invocation({"rows": rows}, printed=["counting"], init_duration_ms=init, duration_ms=412.0)


class Walk:
    """The app, its parts and the keyboard."""

    def __init__(self, app: TutorApp, parts: SmallParts, pilot: Pilot[None]) -> None:
        self.app = app
        self.parts = parts
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, each after the one before has had its effect."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def write(self, text: str) -> None:
        """Type, letter by letter."""
        for letter in text:
            await self.pilot.press({" ": "space", "\n": "enter"}.get(letter, letter))

    async def settle(self) -> None:
        """Wait until no job is under way and every outcome has been shown."""
        quiet = 0
        while quiet < 2:
            quiet = 0 if self.app.background.busy else quiet + 1
            await self.until(lambda: not self.app.background.busy)
            await self.pilot.pause()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = monotonic() + PATIENCE
        while not holds():
            assert monotonic() < end, f"waited in vain; the screen says:\n{self.text}"
            await self.pilot.pause(0.01)

    @property
    def text(self) -> str:
        """The top screen, as it is painted."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """The same without frames, and with every run of blanks and line ends as one blank."""
        return " ".join(self.text.replace("│", " ").split())

    @property
    def screen(self) -> str:
        """The name of the top screen's class."""
        return type(self.app.screen).__name__


@asynccontextmanager
async def walking(
    root: Path, width: int = 80, height: int = 24, parts: SmallParts | None = None
) -> AsyncIterator[Walk]:
    """The app at a size, on its home screen, with the marks painted."""
    told = parts or SmallParts(root, FakeFunctions(play))
    app = TutorApp(told)
    async with app.run_test(size=(width, height)) as pilot:
        walk = Walk(app, told, pilot)
        await walk.settle()
        yield walk
        await walk.settle()


async def open_part(walk: Walk, number: int) -> None:
    """From home open the ``number``-th part of the first unit: 0 its text, 1 its lab, 2 its questions."""
    await walk.press("down", "tab", *["up"] * 3, *["down"] * number, "enter")
